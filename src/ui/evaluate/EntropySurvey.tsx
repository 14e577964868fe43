import type { Cell } from '../../lab/evaluate/store.ts';
import { tasks } from '../../tasks/index.ts';
import { RoleHistogram, RoleLegend } from '../charts/RoleHistogram.tsx';
import { Button } from '../kit/Button.tsx';

/** Entropy of every task's base, by true role: is it bimodal? (the paper's first experiment) */
export function EntropySurvey({
  domains,
  isRunning,
  run,
}: {
  readonly domains: ReadonlyMap<string, Cell>;
  readonly isRunning: boolean;
  readonly run: () => void;
}) {
  return (
    <section className="sheet" aria-labelledby="survey-title">
      <h2 id="survey-title">Entropy by domain, before training</h2>
      <p className="quiet">
        The paper's first experiment: is the entropy of tokens bimodal? Every task's base at temperature 1, tokens by
        their true role. The separation is the share of the variance that the best split in two explains: about 0.64 for
        one bell, 0.75 for a uniform spread, 1 for two points.
      </p>
      <div className="evaluate-actions">
        <Button icon="play" disabled={isRunning} onClick={run}>
          Measure all tasks
        </Button>
      </div>
      <ul className="survey">
        {tasks.map((task) => {
          const cell = domains.get(task.name);
          return (
            <li key={task.name}>
              <h3>
                {task.title} <span className="quiet">{task.domain}</span>
              </h3>
              {cell === undefined ? (
                <p className="histogram-empty quiet">not measured</p>
              ) : (
                <RoleHistogram histogram={cell.evaluation.histogram} title={task.title} />
              )}
            </li>
          );
        })}
      </ul>
      <RoleLegend />
    </section>
  );
}
