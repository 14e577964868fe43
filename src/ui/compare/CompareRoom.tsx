// The Compare room: runs side by side, and experiments that train many runs to answer one question.

import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import type { Action } from '../../lab/actions.ts';
import { Tabs } from '../kit/Tabs.tsx';
import { useActions } from '../laboratoryContext.ts';
import './compare.css';
import { comparePart } from './part.ts';
import { RunsPanel } from './runs/RunsPanel.tsx';

const ExperimentsPanel = lazy(() => import('./experiments/ExperimentsPanel.tsx'));

const ACTIONS: readonly Action[] = [
  {
    id: 'compare/runs',
    label: 'Compare runs',
    group: 'Compare',
    run: () => comparePart.setState('runs', true),
  },
  {
    id: 'compare/experiments',
    label: 'Compare experiments',
    group: 'Compare',
    run: () => comparePart.setState('experiments', true),
  },
];

export default function CompareRoom() {
  const part = useStore(comparePart);
  useActions(ACTIONS);
  return (
    <div className="compare">
      <Tabs
        label="What is compared"
        value={part}
        onChange={(next) => comparePart.setState(next, true)}
        tabs={[
          { value: 'runs', label: 'Runs', content: <RunsPanel /> },
          {
            value: 'experiments',
            label: 'Experiments',
            content: (
              <Suspense fallback={<p className="room-coming">Fetching the experiments …</p>}>
                <ExperimentsPanel />
              </Suspense>
            ),
          },
        ]}
      />
    </div>
  );
}
