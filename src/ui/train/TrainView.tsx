import { useMemo, useState } from 'react';
import { Tabs } from '../kit/Tabs.tsx';
import { useActions } from '../laboratoryContext.ts';
import { Checkpoints } from './Checkpoints.tsx';
import { LiveControls } from './LiveControls.tsx';
import { Rollouts } from './Rollouts.tsx';
import { RunBar } from './RunBar.tsx';
import { RunCharts } from './RunCharts.tsx';
import { StartPanel } from './StartPanel.tsx';
import { trainActions } from './trainActions.ts';
import { useTrain, useTrainState } from './trainContext.ts';
import { Warnings } from './Warnings.tsx';
import './train.css';

type Part = 'charts' | 'rollouts' | 'checkpoints';

/** The room, with a run or without. */
export function TrainView() {
  const train = useTrain();
  const hasRun = useTrainState(({ run }) => run !== null);
  const id = useTrainState(({ run }) => run?.run.id ?? null);
  const [part, setPart] = useState<Part>('charts');
  useActions(useMemo(() => trainActions(train), [train]));
  if (!hasRun) return <StartPanel />;
  return (
    <div className="train" key={id}>
      <RunBar />
      <Warnings />
      <LiveControls />
      <Tabs
        label="Parts of the run"
        value={part}
        onChange={setPart}
        tabs={[
          { value: 'charts', label: 'Charts', content: <RunCharts /> },
          { value: 'rollouts', label: 'Rollouts', content: <Rollouts /> },
          { value: 'checkpoints', label: 'Checkpoints', content: <Checkpoints /> },
        ]}
      />
    </div>
  );
}
