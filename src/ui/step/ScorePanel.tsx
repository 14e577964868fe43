// Reward, advantage, ratio and gradient share, with the formula filled in with the numbers of the token that is looked at.

import { tokenText } from '../../lab/step/facts.ts';
import { formulaOf } from '../../lab/step/formula.ts';
import { Button } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { BareSegmented } from '../kit/Segmented.tsx';
import { Term } from '../kit/Term.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { useLooked, useRoom, useStep } from './roomContext.ts';
import { Symbols } from './Symbols.tsx';
import { useScore } from './useScore.ts';
import { number } from './words.ts';

const UPDATES = [0, 1, 2, 4, 8].map((count) => ({
  value: String(count),
  label: String(count),
  detail: count === 0 ? 'The first pass: every ratio is 1.' : `After ${count} optimiser steps on this group alone.`,
}));

export function ScorePanel() {
  const room = useRoom();
  const { group, place, strip, isNext } = useLooked();
  const { isWhole, score, refusal } = useScore();
  const updates = useStep((state) => state.updates);
  const config = useSettings((settings) => settings.config);
  const row = score?.rollouts[place.row];
  const scored = row?.scored;
  const lines = score === null || isNext ? null : formulaOf(config, score, place.row, place.index);
  return (
    <>
      <header className="step-panel-head">
        <h2>Score</h2>
        <Help about="the score" source="METHOD sections 4 and 5; GRPO 2402.03300">
          What the trainer would make of this group: rewards become advantages within the group, and each token gets a
          share of the gradient. Updates are taken on a copy of the weights.
        </Help>
        <span className="step-updates" hidden={group.recorded !== null}>
          <span className="quiet">after updates</span>
          <BareSegmented
            label="Updates before this pass"
            value={String(updates)}
            choices={UPDATES}
            onChange={(value) => room.updateBy(Number(value))}
          />
        </span>
      </header>
      {!isWhole && (
        <p className="step-waiting">
          <span className="quiet">Advantages compare the whole group, so every rollout must be finished.</span>
          <Button onClick={() => void room.revealAll()}>Reveal the group</Button>
        </p>
      )}
      {refusal !== null && <p className="step-waiting">{refusal}</p>}
      {isWhole && refusal === null && (
        <div data-late={lines === null ? '' : undefined} className="step-score">
          <p className="step-score-head">
            {isNext ? (
              'Choose a token.'
            ) : (
              <>
                <code>{tokenText(group.view, strip.rollout.ids[place.index]!)}</code>
                <span>
                  R <b className="figures">{row === undefined ? '…' : number(row.reward, 2)}</b>
                </span>
                <span>
                  A <b className="figures">{scored === undefined ? '…' : number(scored.advantage, 3)}</b>
                </span>
                <span>
                  <Term text="τ_scored" />{' '}
                  <b className="figures">{scored === undefined ? '…' : number(scored.scoredTau[place.index]!, 2)}</b>
                </span>
                <span title="Mean difference between the trainer's log-probs and the numbers that the sampler wrote down, nats">
                  audit{' '}
                  <b className="figures">
                    {score?.auditMean === undefined || score.auditMean === null
                      ? '…'
                      : score.auditMean.toExponential(1)}
                  </b>
                </span>
              </>
            )}
          </p>
          <dl className="step-formula">
            {(lines ?? NO_LINES).map(({ name, symbols, numbers, note }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <span className="quiet">
                    <Symbols text={symbols} />
                  </span>
                  <span className="figures">{numbers}</span>
                  <small className="quiet">{note ?? ' '}</small>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

/** Keeps the place of lines that are not known yet. */
const NO_LINES = ['A', 'r', 'f', 'dL/dlogp'].map((name) => ({ name, symbols: '…', numbers: ' ', note: null }));
