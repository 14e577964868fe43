// AdamW (Loshchilov and Hutter, 1711.05101, algorithm 2) with global-norm clip, in float64, as PyTorch computes both:
//
//   g <- g * min(1, clip / (|g| + 1e-6))
//   p <- p - lr * decay * p                         (matrices only)
//   m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2
//   p <- p - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)

import type { PolicyConfig } from '../policy/config.ts';
import type { AdamWOptions, UpdateReport } from '../policy/engine.ts';
import { isDecayed, parameterShapes } from '../policy/parameters.ts';
import { type Weights, zeroWeights } from './decoder.ts';

/** Keeps the clip's division away from 0 (torch.nn.utils.clip_grad_norm_). */
const CLIP_GUARD = 1e-6;

export interface AdamWState {
  readonly step: number;
  readonly firstMoment: Weights;
  readonly secondMoment: Weights;
}

export function freshAdamW(c: PolicyConfig): AdamWState {
  return { step: 0, firstMoment: zeroWeights(c), secondMoment: zeroWeights(c) };
}

/** sqrt of the sum of squares over all tensors. */
export function globalNorm(gradient: Weights): number {
  let squares = 0;
  for (const g of gradient.values()) for (const x of g) squares += x * x;
  return Math.sqrt(squares);
}

/**
 * One step: writes the new parameters into `w` and the moments into `state`'s arrays, and returns the state to go on
 * with. A gradient with a NaN or an infinity changes nothing.
 */
export function adamWStep(
  c: PolicyConfig,
  w: Weights,
  gradient: Weights,
  state: AdamWState,
  options: AdamWOptions,
): { report: UpdateReport; state: AdamWState } {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm = 0 } = options;
  const gradNorm = globalNorm(gradient);
  if (!Number.isFinite(gradNorm)) return { report: { gradNorm, applied: false, step: state.step }, state };

  const step = state.step + 1;
  const clip = clipNorm > 0 ? Math.min(1, clipNorm / (gradNorm + CLIP_GUARD)) : 1;
  for (const { name, shape } of parameterShapes(c)) {
    const p = w.get(name)!;
    const g = gradient.get(name)!;
    const m = state.firstMoment.get(name)!;
    const v = state.secondMoment.get(name)!;
    const decay = isDecayed(shape) ? learningRate * weightDecay : 0;
    for (let i = 0; i < p.length; i++) {
      const clipped = clip * g[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * clipped;
      v[i] = beta2 * v[i]! + (1 - beta2) * clipped * clipped;
      const direction = m[i]! / (1 - beta1 ** step) / (Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon);
      p[i] = p[i]! - decay * p[i]! - learningRate * direction;
    }
  }
  return { report: { gradNorm, applied: true, step }, state: { ...state, step } };
}
