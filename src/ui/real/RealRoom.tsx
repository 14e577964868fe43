// The Real model room: a language model, its rollouts, and the views of the Step room on them.

import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { realActions } from '../../lab/real/actions.ts';
import { realRoomOf } from '../../lab/real/of.ts';
import { Notice } from '../kit/Notice.tsx';
import { useActions, useLaboratory } from '../laboratoryContext.ts';
import { TokenContext } from '../step/roomContext.ts';
import '../step/step.css';
import { ModelBar } from './ModelBar.tsx';
import { ModelChooser } from './ModelChooser.tsx';
import { PromptForm } from './PromptForm.tsx';
import { RealContext } from './realContext.ts';
import './real.css';
import { RolloutPanels } from './RolloutPanels.tsx';

export default function RealRoom() {
  const laboratory = useLaboratory();
  const room = useMemo(() => realRoomOf(laboratory), [laboratory]);
  const { model } = room;
  useActions(useMemo(() => realActions(room), [room]));
  useEffect(() => void model.refresh(), [model]);
  const phase = useStore(model, (state) => state.phase);
  const modelRefusal = useStore(model, (state) => state.refusal);
  const refusal = useStore(room, (state) => state.refusal);
  return (
    <RealContext value={room}>
      <TokenContext value={room}>
        <div className="step real">
          {modelRefusal !== null && (
            <Notice tone="problem" onDismiss={model.dismiss}>
              {modelRefusal}
            </Notice>
          )}
          {refusal !== null && (
            <Notice tone="problem" onDismiss={room.dismiss}>
              {refusal}
            </Notice>
          )}
          {phase === 'loaded' ? (
            <>
              <ModelBar />
              <section className="sheet real-prompt" aria-label="The prompt">
                <PromptForm />
              </section>
              <RolloutPanels />
            </>
          ) : (
            <ModelChooser />
          )}
        </div>
      </TokenContext>
    </RealContext>
  );
}
