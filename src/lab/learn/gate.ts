// The token gate on recorded entropies: which tokens a threshold rule would call hot, and how that fits their true roles.

import type { Role } from '../../tasks/task.ts';
import { type RankedEntropies, thresholdNats } from '../../temperature/threshold.ts';

export interface GatedTokens {
  /** H_th, nats; NaN without tokens. */
  readonly thresholdNats: number;
  /** Per rollout and token: hot. */
  readonly hot: readonly (readonly boolean[])[];
  /** Share of hot tokens that fork; null where there is none. */
  readonly precision: number | null;
  /** Share of forks that are hot; null where there is none. */
  readonly recall: number | null;
  /** Share of tokens with a known role that fork. */
  readonly forkShare: number | null;
}

interface Tokens {
  readonly entropyNats: readonly number[];
  readonly roles: readonly (Role | null)[];
}

/** Judges all tokens by one k-quantile of all their entropies, hot strictly above it. */
export function gate(rollouts: readonly Tokens[], coldFraction: number): GatedTokens {
  const sorted = Float32Array.from(rollouts.flatMap(({ entropyNats }) => entropyNats)).sort();
  const ranked: RankedEntropies = { length: sorted.length, ofRank: (rank) => sorted[rank]! };
  const threshold = thresholdNats({ rule: 'quantile', coldFraction }, ranked);
  const hot = rollouts.map(({ entropyNats }) => entropyNats.map((entropy) => entropy > threshold));
  let known = 0;
  let forks = 0;
  let hotKnown = 0;
  let hotForks = 0;
  for (const [r, { roles }] of rollouts.entries())
    for (const [t, role] of roles.entries()) {
      if (role === null) continue;
      const isHot = hot[r]![t] === true;
      known += 1;
      if (isHot) hotKnown += 1;
      if (role !== 'fork') continue;
      forks += 1;
      if (isHot) hotForks += 1;
    }
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    thresholdNats: threshold,
    hot,
    precision: share(hotForks, hotKnown),
    recall: share(hotForks, forks),
    forkShare: share(forks, known),
  };
}
