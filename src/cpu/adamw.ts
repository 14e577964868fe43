// AdamW (Loshchilov and Hutter, 1711.05101, algorithm 2) with global-norm clip over flat arenas, as PyTorch computes it:
//
//   g <- g * min(1, clip / (|g| + 1e-6))
//   p <- p - lr * decay * p                         (matrices only)
//   m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2
//   p <- p - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)

import type { AdamWOptions, UpdateReport } from '../policy/engine.ts';
import { isDecayed } from '../policy/parameters.ts';
import type { Arena } from './arena.ts';

/** Keeps the clip's division away from 0 (torch.nn.utils.clip_grad_norm_). */
const CLIP_GUARD = 1e-6;

export interface AdamWArenas {
  readonly parameters: Arena;
  readonly gradient: Arena;
  readonly firstMoment: Arena;
  readonly secondMoment: Arena;
}

/**
 * One step from step count `stepsBefore`, in place. A gradient with a NaN or an infinity changes nothing.
 * Arithmetic is float64, storage float32, so a saved and restored state continues bit for bit.
 */
export function adamWStep(arenas: AdamWArenas, stepsBefore: number, options: AdamWOptions): UpdateReport {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm = 0 } = options;
  const gradNorm = l2Norm(arenas.gradient.data);
  if (!Number.isFinite(gradNorm)) return { gradNorm, applied: false, step: stepsBefore };

  const step = stepsBefore + 1;
  const clip = clipNorm > 0 ? Math.min(1, clipNorm / (gradNorm + CLIP_GUARD)) : 1;
  const rate = learningRate / (1 - beta1 ** step);
  const secondScale = 1 / (1 - beta2 ** step);
  for (const { name, shape, data: p } of arenas.parameters.entries.values()) {
    const g = arenas.gradient.entries.get(name)!.data;
    const m = arenas.firstMoment.entries.get(name)!.data;
    const v = arenas.secondMoment.entries.get(name)!.data;
    const kept = isDecayed(shape) ? 1 - learningRate * weightDecay : 1;
    for (let i = 0; i < p.length; i++) {
      const clipped = clip * g[i]!;
      const first = beta1 * m[i]! + (1 - beta1) * clipped;
      const second = beta2 * v[i]! + (1 - beta2) * clipped * clipped;
      m[i] = first;
      v[i] = second;
      p[i] = kept * p[i]! - (rate * first) / (Math.sqrt(second * secondScale) + epsilon);
    }
  }
  return { gradNorm, applied: true, step };
}

function l2Norm(x: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i]! * x[i]!;
  return Math.sqrt(squares);
}
