// The threshold H_th (METHOD.md section 1): a quantile of the entropy queue, a constant, or a quantile with a floor.

import { FRACTION_STEPS, type ThresholdRule } from './schema.ts';

/** The entropies that a threshold is taken from, by size. */
export interface RankedEntropies {
  /** n. */
  readonly length: number;
  /** The entropy of rank 0 (least) to n - 1. */
  ofRank(rank: number): number;
}

/** H_th in nats, rounded to the float32 that is recorded; NaN while there are no entropies. */
export function thresholdNats(rule: ThresholdRule, entropies: RankedEntropies): number {
  if (entropies.length === 0) return Number.NaN;
  switch (rule.rule) {
    case 'quantile':
      return quantile(entropies, rule.coldFraction);
    case 'top-p':
      return entropies.ofRank(rankOf(1 - rule.hotFraction, entropies.length).low);
    case 'absolute':
      return Math.fround(rule.nats);
    case 'floored':
      return Math.max(quantile(entropies, rule.coldFraction), Math.fround(rule.floorNats));
  }
}

/** The k-quantile, linearly interpolated between its neighbours. */
function quantile(entropies: RankedEntropies, k: number): number {
  const { low, between } = rankOf(k, entropies.length);
  const a = entropies.ofRank(low);
  return between === 0 ? a : Math.fround(a + (entropies.ofRank(low + 1) - a) * between);
}

/** k(n - 1), split exactly: fractions are whole ten-thousandths, so every engine finds the same neighbours. */
function rankOf(k: number, n: number): { low: number; between: number } {
  const rank = Math.round(k * FRACTION_STEPS) * (n - 1);
  return { low: Math.floor(rank / FRACTION_STEPS), between: (rank % FRACTION_STEPS) / FRACTION_STEPS };
}
