// Is a distribution of entropies bimodal? (the paper's first experiment). A histogram, and one number that does not
// depend on its bins.

import type { EntropyHistogram } from '../../grpo/evaluationTally.ts';

export interface EntropyModes {
  readonly tokens: number;
  /** Share of tokens in the lowest bin: what the policy as good as knows. */
  readonly certain: number;
  /**
   * Best split of the entropies in two classes (Otsu 1979): the share of their variance that lies between the classes.
   * 1: two points; 3/4: uniform; about .64: one normal bell.
   */
  readonly separation: number;
  /** Where that split is, nats. */
  readonly splitNats: number;
  /** Share of tokens above it. */
  readonly above: number;
}

const ROLES = ['fork', 'knowledge', 'format', 'unknown'] as const;

/** Counts of all roles together, by bin. */
export function allBins(histogram: EntropyHistogram): number[] {
  return histogram.fork.map((_, bin) => ROLES.reduce((sum, role) => sum + histogram[role][bin]!, 0));
}

/** Modes of a histogram of tokens by role. */
export const entropyModes = (histogram: EntropyHistogram): EntropyModes | null =>
  modesOf(allBins(histogram), histogram.binNats);

/** Modes of a histogram; null where it holds no tokens. Entropies count as the middle of their bin. */
export function modesOf(counts: readonly number[], binNats: number): EntropyModes | null {
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  if (tokens === 0) return null;
  const at = (bin: number) => (bin + 0.5) * binNats;
  const mean = counts.reduce((sum, count, bin) => sum + count * at(bin), 0) / tokens;
  const variance = counts.reduce((sum, count, bin) => sum + count * (at(bin) - mean) ** 2, 0) / tokens;
  const certain = counts[0]! / tokens;
  let best = { between: 0, splitNats: binNats, below: counts[0]! };
  let below = 0;
  let sumBelow = 0;
  for (const [bin, count] of counts.entries()) {
    below += count;
    sumBelow += count * at(bin);
    const above = tokens - below;
    if (below === 0 || above === 0) continue;
    const gap = sumBelow / below - (mean * tokens - sumBelow) / above;
    const between = (below / tokens) * (above / tokens) * gap ** 2;
    if (between > best.between) best = { between, splitNats: (bin + 1) * binNats, below };
  }
  return {
    tokens,
    certain,
    separation: variance === 0 ? 0 : best.between / variance,
    splitNats: best.splitNats,
    above: (tokens - best.below) / tokens,
  };
}
