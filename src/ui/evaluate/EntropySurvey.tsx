import type { EntropyHistogram } from '../../grpo/evaluationTally.ts';
import { allBins, entropyModes } from '../../lab/evaluate/entropyModes.ts';
import type { Cell } from '../../lab/evaluate/store.ts';
import { tasks } from '../../tasks/index.ts';
import { Button } from '../kit/Button.tsx';

const WIDTH = 220;
const HEIGHT = 90;
/** From the bottom of a stack to its top. */
const ROLES = ['knowledge', 'format', 'fork', 'unknown'] as const;
/** Drawn to here, nats; the last bar holds what lies beyond. */
const SHOWN_NATS = 2.5;

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
                <p className="survey-empty quiet">not measured</p>
              ) : (
                <Histogram histogram={cell.evaluation.histogram} title={task.title} />
              )}
            </li>
          );
        })}
      </ul>
      <p className="legend survey-legend">
        <span data-role="fork">fork</span>
        <span data-role="knowledge">knowledge</span>
        <span data-role="format">notation</span>
        <span data-role="unknown">after a fault</span>
      </p>
    </section>
  );
}

function Histogram({ histogram, title }: { readonly histogram: EntropyHistogram; readonly title: string }) {
  const modes = entropyModes(histogram);
  if (modes === null) return <p className="survey-empty quiet">no tokens</p>;
  const bins = Math.min(histogram.fork.length, Math.ceil(SHOWN_NATS / histogram.binNats));
  const shown = (counts: readonly number[]) =>
    Array.from({ length: bins }, (_, bin) =>
      bin === bins - 1 ? counts.slice(bin).reduce((sum, count) => sum + count, 0) : counts[bin]!,
    );
  const total = shown(allBins(histogram));
  // The lowest bin towers over all others: heights are square roots, so that both modes can be seen.
  const most = Math.sqrt(Math.max(...total));
  const x = (bin: number) => (bin * WIDTH) / bins;
  return (
    <>
      <svg
        className="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 14}`}
        role="img"
        aria-label={`${title}: entropies of ${modes.tokens} tokens; ${(100 * modes.certain).toFixed(0)} % below ${histogram.binNats} nats, separation ${modes.separation.toFixed(2)}`}
      >
        {total.map((count, bin) => {
          const height = (HEIGHT * Math.sqrt(count)) / most;
          let below = 0;
          return ROLES.map((role) => {
            const part = shown(histogram[role])[bin]!;
            if (part === 0) return null;
            const from = (height * below) / count;
            below += part;
            const to = (height * below) / count;
            return (
              <rect
                key={`${x(bin)} ${role}`}
                data-role={role}
                x={x(bin)}
                width={WIDTH / bins - 0.6}
                y={HEIGHT - to}
                height={to - from}
              />
            );
          });
        })}
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {[0, 1, 2].map((tick) => (
          <text key={tick} x={x(tick / histogram.binNats)} y={HEIGHT + 11}>
            {tick === 0 ? '0 nats' : tick}
          </text>
        ))}
      </svg>
      <p className="survey-figures">
        {(100 * modes.certain).toFixed(0)} % below {histogram.binNats} nats · separation{' '}
        <strong>{modes.separation.toFixed(2)}</strong> at {modes.splitNats.toFixed(2)} nats
      </p>
    </>
  );
}
