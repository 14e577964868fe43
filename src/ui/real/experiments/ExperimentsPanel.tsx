// Experiments on language models: many questions, several rules, and what came of it.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import '../../compare/experiments/experiments.css';
import { Notice } from '../../kit/Notice.tsx';
import { useModel, useReal } from '../realContext.ts';
import { ModelExperimentList } from './ModelExperimentList.tsx';
import { LookedExperiment } from './LookedExperiment.tsx';
import './modelExperiments.css';
import { NewExperiment } from './NewExperiment.tsx';

export default function ExperimentsPanel() {
  const { experiments } = useReal();
  const isLoaded = useModel(({ phase }) => phase === 'loaded');
  const failure = useStore(experiments, (state) => state.failure);
  const busy = useStore(experiments, (state) => state.busy);
  const entry = useStore(experiments, ({ list, looked }) => list?.find(({ id }) => id === looked));
  useEffect(() => void experiments.refresh(), [experiments]);
  return (
    <div className="experiments model-experiments">
      {failure !== null && (
        <Notice tone="problem" onDismiss={experiments.dismiss}>
          {failure}
        </Notice>
      )}
      <p className="unseen" role="status">
        {busy}
      </p>
      {entry !== undefined ? (
        <LookedExperiment key={entry.id} entry={entry} />
      ) : (
        <>
          {isLoaded && <NewExperiment />}
          <ModelExperimentList />
        </>
      )}
    </div>
  );
}
