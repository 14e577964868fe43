// The threshold calculator: H_th from the entropies in the window (METHOD.md section 1).

import { FRACTION_STEPS, type SamplerConfig, type ThresholdRule } from '../temperature/schema.ts';

/** H_th in nats, from the window's entropies in rising order; NaN while the window is empty. */
export function thresholdNats(rule: ThresholdRule, sorted: Float64Array): number {
  if (sorted.length === 0) return Number.NaN;
  switch (rule.rule) {
    case 'quantile':
      return quantile(sorted, rule.coldFraction);
    case 'top-p':
      return lowerQuantile(sorted, 1 - rule.hotFraction);
    case 'absolute':
      return rule.nats;
    case 'floored':
      return Math.max(quantile(sorted, rule.coldFraction), rule.floorNats);
  }
}

/** The k-quantile, linearly interpolated between the two neighbours of rank k(n - 1). */
function quantile(sorted: Float64Array, k: number): number {
  // Ranks are taken in whole ten-thousandths, so that every engine finds the same neighbours.
  const rank = Math.round(k * FRACTION_STEPS) * (sorted.length - 1);
  const low = Math.floor(rank / FRACTION_STEPS);
  const between = (rank % FRACTION_STEPS) / FRACTION_STEPS;
  const a = sorted[low]!;
  return between === 0 ? a : a + (sorted[low + 1]! - a) * between;
}

/** The entropy at rank floor(k(n - 1)), as the authors' code takes it. */
function lowerQuantile(sorted: Float64Array, k: number): number {
  const rank = Math.round(k * FRACTION_STEPS) * (sorted.length - 1);
  return sorted[Math.floor(rank / FRACTION_STEPS)]!;
}

/**
 * Rank of H in the window, in [0, 1], equal entropies sharing their middle rank.
 * push-first: H itself is in the window and is not counted against itself; alone there, it is in the middle.
 */
export function midrank(H: number, window: Float64Array, order: SamplerConfig['queue']['order']): number {
  const below = window.filter((q) => q < H).length;
  const equal = window.filter((q) => q === H).length;
  if (order === 'threshold-first') return (below + equal / 2) / window.length;
  if (window.length === 1) return 0.5;
  // In a window shorter than the step has rows, H may have been pushed out again: keep its rank inside the window.
  return Math.min(1, Math.max(0, (below + (equal - 1) / 2) / (window.length - 1)));
}
