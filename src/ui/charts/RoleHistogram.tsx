import type { EntropyHistogram } from '../../grpo/evaluationTally.ts';
import { allBins, entropyModes } from '../../lab/evaluate/entropyModes.ts';
import './roleHistogram.css';

const WIDTH = 220;
const HEIGHT = 90;
/** From the bottom of a stack to its top. */
const ROLES = ['knowledge', 'format', 'fork', 'unknown'] as const;
/** Drawn to here, nats; the last bar holds what lies beyond. */
const SHOWN_NATS = 2.5;

/** Entropies of tokens by their true role, and whether they have two modes. */
export function RoleHistogram({ histogram, title }: { readonly histogram: EntropyHistogram; readonly title: string }) {
  const modes = entropyModes(histogram);
  if (modes === null) return <p className="histogram-empty quiet">no tokens</p>;
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
      <p className="histogram-figures">
        {(100 * modes.certain).toFixed(0)} % below {histogram.binNats} nats · separation{' '}
        <strong>{modes.separation.toFixed(2)}</strong> at {modes.splitNats.toFixed(2)} nats
      </p>
    </>
  );
}

/** What the colours of a RoleHistogram are. */
export function RoleLegend() {
  return (
    <p className="histogram-legend">
      <span data-role="fork">fork</span>
      <span data-role="knowledge">knowledge</span>
      <span data-role="format">notation</span>
      <span data-role="unknown">after a fault</span>
    </p>
  );
}
