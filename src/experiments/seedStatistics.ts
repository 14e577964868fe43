// What may be said from a handful of seeds.
//
// A seed is one draw of everything that a run leaves to chance, so the spread over seeds is what a claim must stand
// against. The interval is the bootstrap over seeds with expanded percentiles (Hesterberg 2015, arXiv 1411.5279, section
// 4.1): with n values a plain percentile interval is too narrow by sqrt((n - 1) / n) and by normal instead of Student's
// quantiles; both are made good by asking for the percentile
//
//   a' = Phi(-sqrt(n / (n - 1)) t_{n-1, a/2})        a = (1 - level) / 2
//
// Up to 8 seeds the bootstrap distribution is not drawn but counted: every multiset of n values, with its multinomial
// weight. Seed statistics are therefore exact functions of the values.

import { mean } from '../grpo/statistics.ts';
import { randomSource } from '../tasks/random.ts';

export const SEED_STATISTICS = ['mean', 'iqm'] as const;
export type SeedStatistic = (typeof SEED_STATISTICS)[number];

/** With fewer seeds there is no interval: even the whole range of 4 values misses the truth one time in eight. */
export const LEAST_SEEDS = 5;
export const LEVEL = 0.95;
const MOST_COUNTED = 8;
const RESAMPLES = 10_000;
/** Resamples that are put in order first, to find a quantile among them; twice as many where these are too few. */
const LOWER_END = 128;
/** Of Craig's integral; 64 points give it to the last digit. */
const INTEGRAL_POINTS = 64;
const BISECTIONS = 200;

/**
 * Interquartile mean: the mean of what is left when the floor(n / 4) smallest and as many of the largest are dropped
 * (Agarwal et al., 2108.13264). NaN of nothing.
 */
export function interquartileMean(values: readonly number[]): number {
  const dropped = Math.floor(values.length / 4);
  const sorted = [...values].sort((a, b) => a - b);
  return mean(sorted.slice(dropped, values.length - dropped));
}

export function statisticOf(statistic: SeedStatistic, values: readonly number[]): number {
  return statistic === 'mean' ? mean(values) : interquartileMean(values);
}

/** P(|T| <= t) of Student's t with a whole number of degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
export function studentCentral(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let j = isOdd ? 3 : 2; j <= degrees - 2; j += 2) {
    term *= (square * (j - 1)) / j;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The t with P(|T| <= t) = level. */
export function studentQuantile(level: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentCentral(high, degrees) < level) high *= 2;
  for (let i = 0; i < BISECTIONS && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (studentCentral(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z > x) of a standard normal, x >= 0: 1/pi times the integral of exp(-x^2 / (2 sin^2 u)) over u in [0, pi/2] (Craig 1991). */
export function normalTail(x: number): number {
  // The trapezoid rule; at u = 0 the integrand is 0 for x > 0 and the rule's end weighs half.
  let sum = x === 0 ? 0.5 : 0;
  const width = Math.PI / 2 / INTEGRAL_POINTS;
  for (let i = 1; i <= INTEGRAL_POINTS; i++)
    sum += (i === INTEGRAL_POINTS ? 0.5 : 1) * Math.exp(-(x ** 2) / (2 * Math.sin(i * width) ** 2));
  return (sum * width) / Math.PI;
}

const tails = new Map<string, number>();

/** a': the share of the bootstrap distribution below the interval, and above it. */
export function expandedTail(n: number, level: number): number {
  const key = `${n} ${level}`;
  const known = tails.get(key);
  if (known !== undefined) return known;
  const tail = normalTail(Math.sqrt(n / (n - 1)) * studentQuantile(level, n - 1));
  tails.set(key, tail);
  return tail;
}

/** Resamples of n values: how often each value is in each of them, and the share of all that it stands for. */
interface Resamples {
  /** Row by row, n counts each. */
  readonly counts: Uint16Array;
  readonly weights: Float64Array;
}

/** Every multiset of n of n values, with the share of ordered resamples that it stands for. */
function countedResamples(n: number): Resamples {
  const counts: number[] = [];
  const weights: number[] = [];
  const row = new Array<number>(n).fill(0);
  // n! / (c1! c2! ...) / n^n, a factor at a time: the weight of what is chosen so far.
  const choose = (from: number, left: number, weight: number): void => {
    if (from === n - 1) {
      let whole = weight;
      for (let c = 1; c <= left; c++) whole *= (n - left + c) / c / n;
      row[from] = left;
      counts.push(...row);
      weights.push(whole);
      return;
    }
    let here = weight;
    for (let c = 0; c <= left; c++) {
      if (c > 0) here *= (n - left + c) / c / n;
      row[from] = c;
      choose(from + 1, left - c, here);
    }
  };
  choose(0, n, 1);
  return { counts: Uint16Array.from(counts), weights: Float64Array.from(weights) };
}

function drawnResamples(n: number): Resamples {
  const random = randomSource(0, 0);
  const counts = new Uint16Array(RESAMPLES * n);
  for (let row = 0; row < counts.length; row += n)
    for (let drawn = 0; drawn < n; drawn++) counts[row + random.below(n)]!++;
  return { counts, weights: new Float64Array(RESAMPLES).fill(1 / RESAMPLES) };
}

/** They follow from n alone, and a band asks for those of one n at every step. */
let last: { readonly n: number; readonly resamples: Resamples } | null = null;

function resamplesOf(n: number): Resamples {
  if (last?.n !== n) last = { n, resamples: n <= MOST_COUNTED ? countedResamples(n) : drawnResamples(n) };
  return last.resamples;
}

/** The statistic of each resample. */
function resampled(values: readonly number[], { counts }: Resamples, statistic: SeedStatistic): Float64Array {
  const n = values.length;
  const dropped = statistic === 'mean' ? 0 : Math.floor(n / 4);
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(counts.length / n);
  for (let r = 0; r < found.length; r++) {
    let sum = 0;
    // In the sorted resample a value has the places from `at` on; those from dropped to n - dropped count.
    let at = 0;
    for (const i of order) {
      const end = at + counts[r * n + i]!;
      const kept = Math.min(end, n - dropped) - Math.max(at, dropped);
      if (kept > 0) sum += kept * values[i]!;
      at = end;
    }
    found[r] = sum / (n - 2 * dropped);
  }
  return found;
}

/** The smallest value that at least this share of the weight is not above. */
function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
  const sorted = values.toSorted();
  // The share is small: only the lower end is put in order together with its weights.
  for (let size = LOWER_END; ; size *= 2) {
    const most = sorted[Math.min(size, sorted.length) - 1]!;
    const lower: number[] = [];
    for (const [i, value] of values.entries()) if (value <= most) lower.push(i);
    lower.sort((a, b) => values[a]! - values[b]!);
    let below = 0;
    for (const i of lower) {
      below += weights[i]!;
      if (below >= share) return values[i]!;
    }
    if (size >= sorted.length) return most;
  }
}

export interface SeedInterval {
  /** Mean or interquartile mean over seeds. */
  readonly value: number;
  /** Ends of the band; null with one seed. */
  readonly low: number | null;
  readonly high: number | null;
  /** Seeds. */
  readonly n: number;
  /** What the band is: the 95 % interval or, with fewer than LEAST_SEEDS, no more than the range of the values. */
  readonly band: 'interval' | 'range' | null;
}

/**
 * The statistic over seeds and its band.
 * @param values one a seed
 * @throws RangeError without values
 */
export function seedInterval(
  values: readonly number[],
  statistic: SeedStatistic = 'mean',
  level = LEVEL,
): SeedInterval {
  const n = values.length;
  if (n === 0) throw new RangeError('An interval over seeds needs one value or more, but there is none.');
  const value = statisticOf(statistic, values);
  if (n === 1) return { value, low: null, high: null, n, band: null };
  if (n < LEAST_SEEDS) return { value, low: Math.min(...values), high: Math.max(...values), n, band: 'range' };
  const resamples = resamplesOf(n);
  const found = resampled(values, resamples, statistic);
  const tail = expandedTail(n, level);
  const low = weightedQuantile(found, resamples.weights, tail);
  const negated = found.map((x) => -x);
  const high = -weightedQuantile(negated, resamples.weights, tail);
  return { value, low, high, n, band: 'interval' };
}
