import { useMemo, useState } from 'react';
import { Tabs } from '../kit/Tabs.tsx';
import { useActions } from '../laboratoryContext.ts';
import { Checkpoints } from './Checkpoints.tsx';
import { CostPanel } from './CostPanel.tsx';
import { LiveControls } from './LiveControls.tsx';
import { useOneByOne } from './oneByOne.ts';
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
  useActions(useMemo(() => trainActions(train), [train]));
  if (!hasRun)
    return (
      <div className="train">
        <StartPanel />
        <CostPanel />
      </div>
    );
  return <Run key={id} />;
}

function Run() {
  const [part, setPart] = useState<Part>('charts');
  const come = useOneByOne(3);
  return (
    <div className="train">
      <RunBar />
      {come > 1 && <LiveControls />}
      {come > 2 && (
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
      )}
      {come > 2 && <CostPanel />}
      <Warnings />
    </div>
  );
}
