// The rollouts in the views of the Step room.

import { rolloutFacts } from '../../lab/step/facts.ts';
import { Progress } from '../kit/Progress.tsx';
import { BranchTree } from '../step/BranchTree.tsx';
import { EntropyPanel } from '../step/EntropyPanel.tsx';
import { LadderPanel } from '../step/LadderPanel.tsx';
import { Oracle } from '../step/Oracle.tsx';
import { useLooked } from '../step/roomContext.ts';
import { Strips } from '../step/Strips.tsx';
import { TokenPanel } from '../step/TokenPanel.tsx';
import { Transport } from '../step/Transport.tsx';
import { AlternativeTokens } from './AlternativeTokens.tsx';
import { useModel, useReal, useRealState } from './realContext.ts';

export function RolloutPanels() {
  const room = useReal();
  const hasGroup = useRealState(({ group }) => group !== null);
  const isBusy = useRealState((state) => state.isBusy);
  const progress = useRealState((state) => state.progress);
  const choice = useModel((state) => state.choice);
  if (!hasGroup)
    return <p className="quiet real-coming">{isBusy ? 'Reading the prompt …' : 'Nothing was rolled out yet.'}</p>;
  return (
    <div className="step-columns">
      <div className="step-column">
        <section className="sheet step-group" aria-label="The group">
          <Transport />
          {progress !== null && (
            <Progress
              label={progress.what}
              share={progress.of === 0 ? null : progress.done / progress.of}
              detail={`${progress.done} of ${progress.of} tokens`}
              onCancel={room.pause}
            />
          )}
          <Strips />
          <Completion />
        </section>
        <section className="sheet step-rungs" aria-label="The group by temperature">
          <LadderPanel />
        </section>
      </div>
      <div className="step-column">
        <section className="sheet step-token" aria-label="The token">
          <TokenPanel
            distribution={<AlternativeTokens />}
            check={choice?.kind === 'policy' && <Oracle policy={choice.policy} />}
          />
        </section>
        <section className="sheet step-entropy" aria-label="Entropy and threshold">
          <EntropyPanel />
        </section>
        <section className="sheet step-branches" aria-label="Branches">
          <BranchTree />
        </section>
      </div>
    </div>
  );
}

/** The rollout that is looked at, as text. */
function Completion() {
  const { group, place, strip } = useLooked();
  const { text, verdict } = rolloutFacts(group, strip);
  return (
    <details className="real-completion">
      <summary>
        Rollout {place.row + 1} as text{verdict === null ? '' : `: ${verdict.outcome}`}
      </summary>
      <p>{text}</p>
    </details>
  );
}
