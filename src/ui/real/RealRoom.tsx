// The Real model room: a language model, its rollouts in the views of the Step room, and experiments on it.

import { lazy, Suspense, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Action } from '../../lab/actions.ts';
import { realActions } from '../../lab/real/actions.ts';
import { realRoomOf } from '../../lab/real/of.ts';
import { Notice } from '../kit/Notice.tsx';
import { Tabs } from '../kit/Tabs.tsx';
import { useActions, useLaboratory } from '../laboratoryContext.ts';
import { TokenContext } from '../step/roomContext.ts';
import '../step/step.css';
import { ModelBar } from './ModelBar.tsx';
import { ModelChooser } from './ModelChooser.tsx';
import { realPart } from './part.ts';
import { PromptForm } from './PromptForm.tsx';
import { RealContext } from './realContext.ts';
import './real.css';
import { RolloutPanels } from './RolloutPanels.tsx';

const PART_ACTIONS: readonly Action[] = [
  {
    id: 'model/rollouts',
    label: 'Step the language model',
    group: 'Real model',
    run: () => realPart.setState('rollouts', true),
  },
  {
    id: 'model/experiments',
    label: 'Experiments on the language model',
    group: 'Real model',
    run: () => realPart.setState('experiments', true),
  },
];
/** Where rollouts are not in sight, no key steps them. */
const isOfModel = ({ id }: Action) => id === 'model/close';

const ExperimentsPanel = lazy(() => import('./experiments/ExperimentsPanel.tsx'));

export default function RealRoom() {
  const laboratory = useLaboratory();
  const room = useMemo(() => realRoomOf(laboratory), [laboratory]);
  const { model } = room;
  useEffect(() => void model.refresh(), [model]);
  const phase = useStore(model, (state) => state.phase);
  const part = useStore(realPart);
  const actions = useMemo(() => {
    const all = realActions(room);
    return [...PART_ACTIONS, ...(part === 'rollouts' ? all : all.filter(isOfModel))];
  }, [room, part]);
  useActions(actions);
  const modelRefusal = useStore(model, (state) => state.refusal);
  const refusal = useStore(room, (state) => state.refusal);
  const experiments = (
    <Suspense fallback={<p className="room-coming">Fetching the experiments …</p>}>
      <ExperimentsPanel />
    </Suspense>
  );
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
              <Tabs
                label="What is done with the model"
                value={part}
                onChange={(next) => realPart.setState(next, true)}
                tabs={[
                  { value: 'rollouts', label: 'Rollouts', content: <Rollouts /> },
                  { value: 'experiments', label: 'Experiments', content: experiments },
                ]}
              />
            </>
          ) : (
            <>
              <ModelChooser />
              {experiments}
            </>
          )}
        </div>
      </TokenContext>
    </RealContext>
  );
}

function Rollouts() {
  return (
    <div className="real-rollouts">
      <section className="sheet real-prompt" aria-label="The prompt">
        <PromptForm />
      </section>
      <RolloutPanels />
    </div>
  );
}
