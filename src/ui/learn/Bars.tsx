import type { LearnState } from '../../lab/learn/store.ts';

/** Tokens shown; the rest is summed up. */
const MOST_BARS = 10;

export interface Series {
  readonly name: string;
  readonly kind: 'raw' | 'hot';
  readonly p: Float64Array;
}

const percent = (p: number) => (p >= 0.0995 ? `${(100 * p).toFixed(0)} %` : `${(100 * p).toFixed(2)} %`);

/** The likeliest next tokens, a bar for each series; keeps its height while the next distribution is computed. */
export function Bars({
  tokens,
  series,
  order,
  right,
}: {
  readonly tokens: LearnState['tokens'];
  readonly series: readonly Series[];
  /** Probabilities that the tokens are ordered by. */
  readonly order: Float64Array | null;
  /** The character of the worked example. */
  readonly right: string;
}) {
  const ids = order === null ? [] : Array.from(order.keys()).sort((a, b) => order[b]! - order[a]! || a - b);
  const shown = ids.slice(0, MOST_BARS);
  const rest = ids.slice(MOST_BARS);
  return (
    <table
      className="bars"
      aria-label="Likeliest next characters"
      style={{ minHeight: `${(MOST_BARS + 2) * 1.65}rem` }}
    >
      <thead>
        <tr>
          <th scope="col">next</th>
          {series.map(({ name, kind }) => (
            <th scope="col" key={kind}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((id) => (
          <tr key={id} data-right={tokens[id] === right ? '' : undefined}>
            <th scope="row">
              <span className="glyph">{tokens[id] === ' ' ? '␣' : tokens[id]}</span>
            </th>
            {series.map(({ kind, p }) => (
              <td key={kind}>
                <span className="bar-track">
                  <span className={`bar-fill ${kind}`} style={{ width: `${100 * p[id]!}%` }} />
                </span>
                <span className="bar-value">{percent(p[id]!)}</span>
              </td>
            ))}
          </tr>
        ))}
        {rest.length > 0 && (
          <tr className="bars-rest">
            <th scope="row">{rest.length} more</th>
            {series.map(({ kind, p }) => (
              <td key={kind}>
                <span className="bar-track" />
                <span className="bar-value">{percent(rest.reduce((sum, id) => sum + p[id]!, 0))}</span>
              </td>
            ))}
          </tr>
        )}
      </tbody>
    </table>
  );
}
