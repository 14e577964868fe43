// Fewer points for the same picture: the visible range is cut into buckets of equal width, and of each bucket only the
// smallest and the largest value are drawn, in the order in which they came. No spike is lost, and every line is treated
// alike. (Min/max decimation; Jugel et al., "M4", VLDB 2014.)

/** Most points that one line is drawn with. */
export const MOST_POINTS = 300;

/** In place of an index: the line is interrupted here. */
export const GAP = -1;

export interface Kept {
  /** Indices to draw in order, and GAP where values are missing: gaps are not bridged. */
  readonly indices: readonly number[];
  /** Points drawn, and points there are in the range. */
  readonly drawn: number;
  readonly of: number;
}

/**
 * Which points to draw.
 * @param x ascending
 * @param y NaN: missing
 * @param range what is visible; one point beyond each end is kept, so that the line runs out of the picture
 * @param most at least 4
 */
export function minMaxBuckets(
  x: Float64Array,
  y: Float64Array,
  [from, to]: readonly [number, number],
  most: number = MOST_POINTS,
): Kept {
  const present = presentIn(x, y, from, to);
  const kept = present.length <= most ? present : extremes(present, x, y, most);
  const indices = kept.flatMap((index, i) => (i > 0 && isInterrupted(y, kept[i - 1]!, index) ? [GAP, index] : [index]));
  return { indices, drawn: kept.length, of: present.length };
}

/** Indices with a value: those in the range, and the nearest one beyond each end. */
function presentIn(x: Float64Array, y: Float64Array, from: number, to: number): number[] {
  const present: number[] = [];
  let before = GAP;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(y[i]!)) continue;
    if (x[i]! < from) before = i;
    else present.push(i);
    if (x[i]! > to) break;
  }
  return before === GAP ? present : [before, ...present];
}

/** First, last, and of each bucket between them the smallest and the largest. */
function extremes(present: readonly number[], x: Float64Array, y: Float64Array, most: number): number[] {
  const first = present[0]!;
  const last = present.at(-1)!;
  const count = Math.floor((most - 2) / 2);
  const buckets = Array.from({ length: count }, () => ({ low: GAP, high: GAP }));
  const width = (x[last]! - x[first]!) / count;
  for (const i of present.slice(1, -1)) {
    const bucket = buckets[Math.min(count - 1, Math.floor((x[i]! - x[first]!) / width))]!;
    if (bucket.low === GAP || y[i]! < y[bucket.low]!) bucket.low = i;
    if (bucket.high === GAP || y[i]! >= y[bucket.high]!) bucket.high = i;
  }
  const inner = buckets.flatMap(({ low, high }) =>
    low === GAP ? [] : low === high ? [low] : [Math.min(low, high), Math.max(low, high)],
  );
  return [first, ...inner, last];
}

function isInterrupted(y: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (Number.isNaN(y[i]!)) return true;
  return false;
}
