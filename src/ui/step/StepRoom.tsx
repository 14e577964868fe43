// The Step room: one prompt, a group of rollouts, and why each token was drawn as it was.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { stepActions } from '../../lab/step/actions.ts';
import { stepRoomOf } from '../../lab/step/of.ts';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';
import { useActions, useLaboratory, useSettings } from '../laboratoryContext.ts';
import { BranchTree } from './BranchTree.tsx';
import { Distribution } from './Distribution.tsx';
import { EntropyPanel } from './EntropyPanel.tsx';
import { LadderPanel } from './LadderPanel.tsx';
import { Oracle } from './Oracle.tsx';
import { PromptBar } from './PromptBar.tsx';
import { StepContext, TokenContext } from './roomContext.ts';
import { ScorePanel } from './ScorePanel.tsx';
import './step.css';
import { Strips } from './Strips.tsx';
import { TokenPanel } from './TokenPanel.tsx';
import { Transport } from './Transport.tsx';

export default function StepRoom() {
  const laboratory = useLaboratory();
  const room = useMemo(() => stepRoomOf(laboratory), [laboratory]);
  useActions(
    useMemo(() => stepActions(room, () => laboratory.settings.getState().settings.problem), [room, laboratory]),
  );
  const hasGroup = useStore(room, ({ group }) => group !== null);
  const hasOwnPrompt = useSettings(({ prompt }) => prompt !== null);
  const canRetry = useStore(room, (state) => state.canRetry);
  const policy = useStore(room, (state) => state.policy);
  const refusal = useStore(room, (state) => state.refusal);
  return (
    <StepContext value={room}>
      <TokenContext value={room}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is also in the menu of rollout records */}
        <div
          className="step"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            const file = event.dataTransfer.files[0];
            if (file !== undefined)
              void file.arrayBuffer().then((bytes) => room.openFile(file.name, new Uint8Array(bytes)));
          }}
        >
          {refusal !== null && (
            <Notice
              tone="problem"
              action={canRetry && <Button onClick={() => void room.sync()}>Try again</Button>}
              onDismiss={room.dismiss}
            >
              {refusal}
            </Notice>
          )}
          {hasGroup ? (
            <div className="step-columns">
              <div className="step-column">
                <section className="sheet step-group" aria-label="The group">
                  <PromptBar />
                  <Transport />
                  <Strips />
                </section>
                <section className="sheet step-scored" aria-label="The score">
                  <ScorePanel />
                </section>
                <section className="sheet step-rungs" aria-label="The group by temperature">
                  <LadderPanel />
                </section>
              </div>
              <div className="step-column">
                <section className="sheet step-token" aria-label="The token">
                  <TokenPanel distribution={<Distribution />} check={<Oracle policy={policy} />} />
                </section>
                <section className="sheet step-entropy" aria-label="Entropy and threshold">
                  <EntropyPanel />
                </section>
                <section className="sheet step-branches" aria-label="Branches">
                  <BranchTree />
                </section>
              </div>
            </div>
          ) : (
            <div className="step-coming">
              <p className="quiet">{refusal === null ? 'Sampling the first token …' : 'Nothing was sampled.'}</p>
              {refusal !== null && hasOwnPrompt && (
                <Button onClick={() => room.pose(null)}>Take a problem of the task instead</Button>
              )}
            </div>
          )}
        </div>
      </TokenContext>
    </StepContext>
  );
}
