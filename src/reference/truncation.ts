// Truncation after temperature, in the order top-k, top-p, min-p: each is a cut on the logits, so tokens that tie
// with the last kept one are kept.

import type { TruncationRule } from '../temperature/schema.ts';
import type { Logits } from './distribution.ts';

export interface Cut {
  /** A token is kept iff its logit is >= cut. */
  readonly cut: number;
  /** The smaller of top-p's and min-p's distance from a different kept set; Infinity where neither is on. */
  readonly margin: number;
}

/** The cut for softmax(logits / tau). tau = 0 draws the largest logit anyway, so nothing is cut. */
export function truncationCut(rule: TruncationRule, logits: Logits, tau: number): Cut {
  let cut = Number.NEGATIVE_INFINITY;
  let margin = Number.POSITIVE_INFINITY;
  if (tau === 0) return { cut, margin };
  const falling = Float64Array.from(logits).sort().reverse();
  const largest = falling[0]!;

  if (rule.topK > 0) cut = falling[Math.min(rule.topK, falling.length) - 1]!;

  if (rule.topP < 1) {
    const kept = falling.filter((z) => z >= cut);
    const weights = kept.map((z) => Math.exp((z - largest) / tau));
    const total = weights.reduce((a, b) => a + b, 0);
    let mass = 0;
    for (let i = 0; i < kept.length; i++) {
      mass += weights[i]! / total;
      margin = Math.min(margin, Math.abs(mass - rule.topP));
      if (mass >= rule.topP || i === kept.length - 1) {
        cut = kept[i]!;
        break;
      }
    }
  }

  if (rule.minP > 0) {
    // p >= minP * p_max, taken to logits: z >= max + tau ln minP.
    const edge = largest + tau * Math.log(rule.minP);
    for (const z of falling) if (z < largest) margin = Math.min(margin, Math.abs(z - edge) / tau);
    cut = Math.max(cut, edge);
  }
  return { cut, margin };
}
