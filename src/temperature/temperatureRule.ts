// Equation 3 of arXiv 2510.08892 and its kin (METHOD.md section 1): from a token's entropy H and the threshold H_th to
// its class and its temperature.

import type { SamplerConfig } from './schema.ts';

/** What a token is judged by. Entropies in nats. */
export interface Judged {
  readonly H: number;
  /** H_th; NaN when the queue is empty. */
  readonly threshold: number;
  /** n: entropies in the window that H_th was taken from. */
  readonly queueLength: number;
  /** Temperatures of the token's row, its ladder shift included. */
  readonly hotTau: number;
  readonly coldTau: number;
  /** Rank of H among the queue's entropies, in [0, 1]; asked for by the rule 'rank' alone. */
  readonly midrank: () => number;
}

/** The class and temperature of a token. */
export function judge(
  { tie, temperature, queue }: SamplerConfig,
  { H, threshold, queueLength, hotTau, coldTau, midrank }: Judged,
): { readonly hot: boolean; readonly tau: number } {
  // The fallback is for rules that need the queue; 'fixed' and 'edt' do not.
  const needsQueue = temperature.rule === 'binary' || temperature.rule === 'rank';
  if (needsQueue && queueLength < Math.max(1, queue.warmup.entropies)) {
    const { use } = queue.warmup;
    return { hot: use === 'hot', tau: { hot: hotTau, cold: coldTau, one: 1 }[use] };
  }
  const hot = tie === 'strict' ? H > threshold : H >= threshold;
  switch (temperature.rule) {
    case 'fixed':
      return { hot, tau: hotTau };
    case 'edt': {
      // H -> 0 sends the exponent to infinity and the power of n0 <= 1 to 0.
      const power = H === 0 ? 0 : temperature.n0 ** (temperature.theta / H);
      return { hot, tau: Math.max(temperature.least, hotTau * power) };
    }
    case 'binary':
      return { hot, tau: hot ? hotTau : coldTau };
    case 'rank':
      return { hot, tau: coldTau + (hotTau - coldTau) * midrank() };
  }
}
