// A value with the ends of its interval, in words and as a bar. Bars of one column share a domain, so they can be compared.

import './intervalBar.css';

export type IntervalDomain = readonly [number, number];

/** null ends: there is no interval. */
export interface Ends {
  readonly low: number | null;
  readonly high: number | null;
}

/** What a column of bars spans. @param also is inside in any case */
export function domainOfIntervals(
  intervals: readonly (Ends & { readonly value: number })[],
  also?: number,
): IntervalDomain {
  const ends = intervals.flatMap(({ value, low, high }) => [low ?? value, high ?? value]);
  const all = also === undefined ? ends : [...ends, also];
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

export function IntervalBar({
  text,
  value,
  low,
  high,
  domain: [from, to],
  isDifference = false,
}: Ends & {
  readonly text: string;
  readonly value: number;
  readonly domain: IntervalDomain;
  /** Zero is marked. */
  readonly isDifference?: boolean;
}) {
  const place = (at: number) => (100 * (at - from)) / (to - from);
  return (
    <span className="interval-bar">
      {text}
      <span className="interval-bar-track" aria-hidden="true">
        {low !== null && high !== null && (
          <span className="interval-bar-range" style={{ left: `${place(low)}%`, right: `${100 - place(high)}%` }} />
        )}
        {isDifference && <span className="interval-bar-zero" style={{ left: `${place(0)}%` }} />}
        <span className="interval-bar-value" style={{ left: `${place(value)}%` }} />
      </span>
    </span>
  );
}
