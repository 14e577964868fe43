// The Evaluate room: policies by temperatures, each cell with an interval; and the entropies of all tasks side by side.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { cellKey } from '../../lab/evaluate/store.ts';
import { taskByName } from '../../tasks/index.ts';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { CellDetails } from './CellDetails.tsx';
import { EntropySurvey } from './EntropySurvey.tsx';
import { Matrix } from './Matrix.tsx';
import { PlanControls } from './PlanControls.tsx';
import { PlanRows } from './PlanRows.tsx';
import './evaluate.css';

export default function EvaluateRoom() {
  const { evaluate, settings } = useLaboratory();
  const { plan, cells, domains, running, failure } = useStore(evaluate);
  const config = useStore(settings, (state) => state.settings.config);
  const [chosen, setChosen] = useState<string | null>(null);
  const { task } = config;
  useEffect(() => evaluate.takeTask(task), [evaluate, task]);
  const cell = chosen === null ? undefined : cells.get(chosen);
  const save = () => {
    const measured = plan.rows.flatMap((row) =>
      plan.columns.map((column) => cells.get(cellKey(row, column))?.evaluation),
    );
    const lines = measured
      .filter((evaluation) => evaluation !== undefined)
      .map((evaluation) => JSON.stringify(evaluation));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'application/jsonl' }));
    link.download = `evaluation-${task}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 0);
  };
  return (
    <div className="evaluate">
      <section className="sheet" aria-labelledby="matrix-title">
        <h2 id="matrix-title">Evaluation temperature × checkpoint</h2>
        <p className="quiet">
          Held-out prompts of {taskByName(task).title} ({config.difficulty}). Equal prompts and noise in every cell, so
          cells of a column can be compared prompt by prompt. Intervals: 95 %, bootstrap over prompts.
        </p>
        <PlanRows key={task} plan={plan} task={task} change={evaluate.change} isRunning={running !== null} />
        <PlanControls plan={plan} change={evaluate.change} isRunning={running !== null} />
        <div className="evaluate-actions">
          <Button
            look="primary"
            icon="play"
            disabled={running !== null || plan.columns.length === 0}
            onClick={() => void evaluate.run(config)}
          >
            Evaluate
          </Button>
          <Button icon="download" disabled={cells.size === 0} onClick={save}>
            Save JSONL
          </Button>
        </div>
        <div className="evaluate-state">
          {running !== null && <Progress label={running.what} share={running.done} onCancel={evaluate.cancel} />}
          {failure !== null && (
            <Notice tone="problem" onDismiss={evaluate.dismiss}>
              {failure}
            </Notice>
          )}
        </div>
        <Matrix plan={plan} cells={cells} chosen={chosen} choose={setChosen} />
        {cell !== undefined && <CellDetails cell={cell} />}
      </section>
      <EntropySurvey domains={domains} isRunning={running !== null} run={() => void evaluate.survey(config)} />
    </div>
  );
}
