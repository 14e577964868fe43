// What the method costs, from paired times: each pair is the same work with and without it, one right after the other.

/** Median and quartiles: a stray pause of the machine moves neither. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** One pair, in milliseconds. */
export interface TimedPair {
  /** With the sampler as it is set. */
  readonly current: number;
  /** With one fixed temperature. */
  readonly fixed: number;
}

export interface MethodCost {
  readonly pairs: number;
  /** Milliseconds a decode step. */
  readonly currentMs: Spread;
  readonly fixedMs: Spread;
  /** Of the pairs' differences, milliseconds a decode step: the entropy gate. */
  readonly differenceMs: Spread;
  /** Of the pairs' ratios current / fixed. */
  readonly ratio: Spread;
  readonly currentTokensPerSecond: number;
  readonly fixedTokensPerSecond: number;
}

/** Value at share `q` of the sorted values, between neighbours in proportion. */
function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('Of no values there is no median.');
  const sorted = Float64Array.from(values).sort();
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/**
 * The cost of a decode step with and without the method.
 * @param pairs whole rollouts
 * @param steps decode steps of each
 * @param tokens of each, over all rows
 * @throws RangeError for no pairs
 */
export function methodCost(pairs: readonly TimedPair[], steps: number, tokens: number): MethodCost {
  const of = (value: (pair: TimedPair) => number) => spreadOf(pairs.map(value));
  const currentMs = of(({ current }) => current / steps);
  const fixedMs = of(({ fixed }) => fixed / steps);
  const perSecond = ({ median }: Spread) => (1000 * tokens) / (median * steps);
  return {
    pairs: pairs.length,
    currentMs,
    fixedMs,
    differenceMs: of(({ current, fixed }) => (current - fixed) / steps),
    ratio: of(({ current, fixed }) => current / fixed),
    currentTokensPerSecond: perSecond(currentMs),
    fixedTokensPerSecond: perSecond(fixedMs),
  };
}
