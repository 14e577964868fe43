// Experiments: many runs that answer one question. Presets, one's own, those that this browser keeps, and the results
// that come with the page.

import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Notice } from '../../kit/Notice.tsx';
import { Tabs } from '../../kit/Tabs.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { Committed } from './Committed.tsx';
import { ExperimentList } from './ExperimentList.tsx';
import './experiments.css';
import { Looked } from './Looked.tsx';
import { OwnExperiment } from './OwnExperiment.tsx';
import { Presets } from './Presets.tsx';
import { experimentsView } from './viewStore.ts';

export default function ExperimentsPanel() {
  const { experiments } = useLaboratory();
  const page = useStore(experimentsView, (state) => state.page);
  const failure = useStore(experiments, (state) => state.failure);
  const busy = useStore(experiments, (state) => state.busy);
  const count = useStore(experiments, ({ list }) => list?.length ?? 0);
  useEffect(() => void experiments.refresh(), [experiments]);
  return (
    <div className="experiments">
      {failure !== null && (
        <Notice tone="problem" onDismiss={experiments.dismiss}>
          {failure}
        </Notice>
      )}
      <p className="unseen" role="status">
        {busy}
      </p>
      <Tabs
        label="Experiments"
        value={page}
        onChange={(next) => experimentsView.setState({ page: next })}
        tabs={[
          { value: 'presets', label: 'Presets', content: <Presets /> },
          { value: 'own', label: 'Make your own', content: <OwnExperiment /> },
          { value: 'list', label: `In this browser${count === 0 ? '' : ` (${count})`}`, content: <Stored /> },
          { value: 'results', label: 'Results of this project', content: <Committed /> },
        ]}
      />
    </div>
  );
}

function Stored() {
  const { experiments } = useLaboratory();
  const entry = useStore(experiments, ({ list, looked }) => list?.find(({ state }) => state.id === looked));
  return entry === undefined ? <ExperimentList /> : <Looked key={entry.state.id} entry={entry} />;
}
