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

/** a': the share of the bootstrap distribution below the interval, and above it. */
export function expandedTail(n: number, level: number): number {
  return normalTail(Math.sqrt(n / (n - 1)) * studentQuantile(level, n - 1));
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Every multiset of n of the n values, with the share of ordered resamples that it stands for. */
function countedResamples(values: readonly number[], statistic: SeedStatistic): Weighted[] {
  const n = values.length;
  const all: Weighted[] = [];
  const chosen: number[] = [];
  // n! / (c1! c2! ...) / n^n, a factor at a time: the weight of what is chosen so far.
  const choose = (from: number, weight: number): void => {
    if (from === n - 1) {
      const rest = n - chosen.length;
      let whole = weight;
      for (let c = 1; c <= rest; c++) whole *= (chosen.length + c) / c / n;
      all.push({
        value: statisticOf(statistic, [...chosen, ...new Array<number>(rest).fill(values[n - 1]!)]),
        weight: whole,
      });
      return;
    }
    let here = weight;
    const before = chosen.length;
    for (let c = 0; before + c <= n; c++) {
      if (c > 0) {
        chosen.push(values[from]!);
        here *= (before + c) / c / n;
      }
      choose(from + 1, here);
    }
    chosen.length = before;
  };
  choose(0, 1);
  return all;
}

function drawnResamples(values: readonly number[], statistic: SeedStatistic): Weighted[] {
  const random = randomSource(0, 0);
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = values.map(() => values[random.below(values.length)]!);
    return { value: statisticOf(statistic, drawn), weight: 1 / RESAMPLES };
  });
}

/** The smallest value that at least this share of the weight is not above. */
function weightedQuantile(sorted: readonly Weighted[], share: number): number {
  let below = 0;
  for (const { value, weight } of sorted) {
    below += weight;
    if (below >= share) return value;
  }
  return sorted.at(-1)!.value;
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
  const resamples = n <= MOST_COUNTED ? countedResamples(values, statistic) : drawnResamples(values, statistic);
  resamples.sort((a, b) => a.value - b.value);
  const tail = expandedTail(n, level);
  const low = weightedQuantile(resamples, tail);
  const high = weightedQuantile(resamples.reverse(), tail);
  return { value, low, high, n, band: 'interval' };
}
