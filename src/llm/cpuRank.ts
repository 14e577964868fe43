// The likeliest tokens of a row of logits, as shaders/top_tokens.wgsl finds them on the GPU.

import { truncationCut } from '../temperature/truncationCut.ts';
import type { RankedLogits, RankRequest } from './machine.ts';

/** @param logits one row, [V] */
export function cpuRank(logits: Float32Array, { count, taus, truncation }: RankRequest): RankedLogits {
  const largest = logits.reduce((most, l) => Math.max(most, l), Number.NEGATIVE_INFINITY);
  const ids = Int32Array.from(logits, (_, id) => id)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, count);
  let z1 = 0;
  let u = 0;
  for (const l of logits) {
    const e = Math.exp(l - largest);
    z1 += e;
    if (e > 0) u += e * (l - largest);
  }
  const mass = (tau: number, cut: number) =>
    logits.reduce((sum, l) => sum + (l >= cut ? Math.exp((l - largest) / tau) : 0), 0);
  return {
    ids,
    logits: Float32Array.from(ids, (id) => logits[id]!),
    largest,
    z1,
    entropyNats: Math.max(0, Math.log(z1) - u / z1),
    columns: taus.map((tau) => {
      const cut = truncationCut(truncation, logits, largest, tau, new Float32Array(logits.length));
      return { z: mass(tau, Number.NEGATIVE_INFINITY), cut, kept: mass(tau, cut) };
    }),
  };
}
