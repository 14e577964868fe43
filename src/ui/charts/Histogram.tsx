// Entropies as bars, each stacked of parts. What the parts are is told by colour in a legend, and in the label.

import './histogram.css';

const WIDTH = 220;
const HEIGHT = 90;

export interface HistogramPart {
  /** Gives the colour. */
  readonly role: 'fork' | 'knowledge' | 'format' | 'unknown' | 'all';
  readonly counts: readonly number[];
}

/** A place on the axis, with the letters that stand at it. */
export interface HistogramMark {
  readonly nats: number;
  readonly text: string;
}

/**
 * @param parts from the bottom of a stack to its top, equally long
 * @param shownNats drawn to here; the last bar holds what lies beyond
 */
export function Histogram({
  parts,
  binNats,
  shownNats,
  label,
  mark,
}: {
  readonly parts: readonly HistogramPart[];
  readonly binNats: number;
  readonly shownNats: number;
  /** Says what is seen, to those who do not see it. */
  readonly label: string;
  readonly mark?: HistogramMark;
}) {
  const bins = Math.min(parts[0]?.counts.length ?? 0, Math.ceil(shownNats / binNats));
  const heaps = parts.map(({ role, counts }) => ({
    role,
    counts: Array.from({ length: bins }, (_, bin) =>
      bin === bins - 1 ? counts.slice(bin).reduce((sum, count) => sum + count, 0) : counts[bin]!,
    ),
  }));
  const total = Array.from({ length: bins }, (_, bin) => heaps.reduce((sum, { counts }) => sum + counts[bin]!, 0));
  // The lowest bin towers over all others: heights are square roots, so that both modes can be seen.
  const most = Math.sqrt(Math.max(1, ...total));
  // The axis reaches to where it is to be drawn, although bars may end before.
  const places = Math.max(1, Math.ceil(shownNats / binNats));
  const x = (bin: number) => (bin * WIDTH) / places;
  // Its letters would leave the picture on the right.
  const isMarkFar = mark !== undefined && mark.nats > 0.8 * shownNats;
  const tickEvery = shownNats > 4 ? 2 : 1;
  const ticks = Array.from({ length: Math.floor((shownNats - 0.2) / tickEvery) + 1 }, (_, i) => i * tickEvery);
  return (
    <svg className="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT + 14}`} role="img" aria-label={label}>
      {total.map((count, bin) => {
        const height = (HEIGHT * Math.sqrt(count)) / most;
        let below = 0;
        return heaps.map(({ role, counts }) => {
          const part = counts[bin]!;
          if (part === 0) return null;
          const from = (height * below) / count;
          below += part;
          const to = (height * below) / count;
          return (
            <rect
              key={`${x(bin)} ${role}`}
              data-role={role}
              x={x(bin)}
              width={WIDTH / places - Math.min(0.6, WIDTH / places / 5)}
              y={HEIGHT - to}
              height={to - from}
            />
          );
        });
      })}
      <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {mark !== undefined && mark.nats <= shownNats && (
        <g className="histogram-mark">
          <line x1={x(mark.nats / binNats)} x2={x(mark.nats / binNats)} y1={0} y2={HEIGHT} />
          <text x={x(mark.nats / binNats) + (isMarkFar ? -3 : 3)} y={9} textAnchor={isMarkFar ? 'end' : 'start'}>
            {mark.text}
          </text>
        </g>
      )}
      {ticks.map((tick) => (
        <text key={tick} x={x(tick / binNats)} y={HEIGHT + 11}>
          {tick === 0 ? '0 nats' : tick}
        </text>
      ))}
    </svg>
  );
}
