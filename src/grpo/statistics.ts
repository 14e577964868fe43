// What may be said from n samples of each of m prompts.
//
//   pass@k = 1 - C(n - c, k) / C(n, k)          unbiased (Chen et al., 2107.03374), as a product of factors below 1
//   avg@n  = mean over prompts of c / n
//
// Intervals resample prompts, not samples: the prompts are what another test would draw anew.

import { randomSource } from '../tasks/random.ts';

/**
 * Probability that at least one of k samples, drawn without replacement from n of which c are correct, is correct.
 * @throws RangeError unless 0 <= correct <= samples and 1 <= k <= samples, all whole
 */
export function passAtK(samples: number, correct: number, k: number): number {
  const isCount = (x: number, least: number) => Number.isSafeInteger(x) && x >= least && x <= samples;
  if (!isCount(correct, 0) || !isCount(k, 1))
    throw new RangeError(`pass@${k} of ${correct} correct in ${samples} samples is not defined.`);
  if (samples - correct < k) return 1;
  // C(n - c, k) / C(n, k) = prod_{i = n - c + 1}^{n} (1 - k / i)
  let allWrong = 1;
  for (let i = samples - correct + 1; i <= samples; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}

/** Mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** avg@n: the mean over prompts of the share of correct samples. */
export function averageAtN(correct: ArrayLike<number>, samples: number): number {
  return mean(correct) / samples;
}

export interface BootstrapOptions {
  /** A safe integer >= 0; the same seed gives the same answer. */
  readonly seed: number;
  /** Default 10 000 */
  readonly resamples?: number;
  /** Default .95 */
  readonly level?: number;
}

const RESAMPLES = 10_000;
const LEVEL = 0.95;

/** Means of resamples with replacement, in the order drawn. */
function resampledMeans(values: ArrayLike<number>, resamples: number, seed: number): Float64Array {
  if (values.length === 0) throw new RangeError('A bootstrap needs one value or more, but there is none.');
  const means = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    const random = randomSource(seed, b);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.below(values.length)]!;
    means[b] = sum / values.length;
  }
  return means;
}

/** The q-quantile of sorted values: linear between those of rank floor and ceil of q (n - 1). NaN of nothing. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

function percentileInterval(observed: number, means: Float64Array, level: number): Interval {
  const sorted = means.toSorted();
  return {
    mean: observed,
    low: quantileOfSorted(sorted, (1 - level) / 2),
    high: quantileOfSorted(sorted, (1 + level) / 2),
  };
}

/**
 * Percentile bootstrap of the mean over prompts (Efron).
 * @param values one per prompt, such as its pass@k
 */
export function bootstrapInterval(values: ArrayLike<number>, options: BootstrapOptions): Interval {
  const means = resampledMeans(values, options.resamples ?? RESAMPLES, options.seed);
  return percentileInterval(mean(values), means, options.level ?? LEVEL);
}

/**
 * Percentile bootstrap of sum(totals) / sum(counts): of a mean over tokens, say, where whole prompts are resampled, since
 * tokens of one prompt are not independent.
 * @param totals one per prompt
 * @param counts aligned with `totals`, each above 0
 */
export function bootstrapRatio(
  totals: ArrayLike<number>,
  counts: ArrayLike<number>,
  options: BootstrapOptions,
): Interval {
  if (totals.length !== counts.length)
    throw new RangeError(`A ratio needs a count for each total, but got ${totals.length} and ${counts.length}.`);
  // The same seed and size draw the same prompts for both.
  const resamples = options.resamples ?? RESAMPLES;
  const above = resampledMeans(totals, resamples, options.seed);
  const below = resampledMeans(counts, resamples, options.seed);
  const ratios = above.map((total, b) => total / below[b]!);
  return percentileInterval(mean(totals) / mean(counts), ratios, options.level ?? LEVEL);
}

export interface PairedComparison extends Interval {
  /** Chance of a mean difference this high or higher, were there none: for the claim that `after` is higher. */
  readonly pHigher: number;
  /** Chance of a mean difference this far from 0 on either side, were there none. */
  readonly pDifferent: number;
}

/**
 * Bootstrap over prompts of the mean of after - before. For the p values the differences are shifted to have mean 0
 * (the null hypothesis), and the observed one counts as one resample, so p is never 0.
 * @param before one per prompt
 * @param after aligned with `before`
 */
export function pairedBootstrap(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  options: BootstrapOptions,
): PairedComparison {
  if (before.length !== after.length)
    throw new RangeError(`A paired comparison needs equal counts, but got ${before.length} and ${after.length}.`);
  const resamples = options.resamples ?? RESAMPLES;
  const differences = Float64Array.from(after, (value, i) => value - before[i]!);
  const means = resampledMeans(differences, resamples, options.seed);
  const interval = percentileInterval(mean(differences), means, options.level ?? LEVEL);
  const observed = interval.mean;
  // Sums of floats differ by rounding with their order; an equal difference must still count.
  const slack = 1e-12 * Math.max(1, Math.abs(observed));
  let higher = 0;
  let further = 0;
  for (const value of means) {
    if (value - observed >= observed - slack) higher++;
    if (Math.abs(value - observed) >= Math.abs(observed) - slack) further++;
  }
  return { ...interval, pHigher: (higher + 1) / (resamples + 1), pDifferent: (further + 1) / (resamples + 1) };
}
