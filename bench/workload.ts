// What every contender works on: the same parameters, tokens and logits, drawn from seeds.

import type { PolicyConfig } from '../src/policy/config.ts';
import { elementCount, type NamedTensors, parameterShapes, type Tensor } from '../src/policy/parameters.ts';

/** A small seeded generator (mulberry32), uniform in [0, 1). */
export function uniformGenerator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers by Box and Muller. */
function normalGenerator(seed: number): () => number {
  const uniform = uniformGenerator(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Random parameters: matrices and biases ~ N(0, 1 / fan-in), gains near 1. Large enough for the loss to depend on
 * every one of them, so that the check of loss against loss can fail.
 */
export function randomParameters(config: PolicyConfig, seed: number): NamedTensors {
  const normal = normalGenerator(seed);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of parameterShapes(config)) {
    const isGain = name.endsWith('norm.weight');
    const spread = isGain ? 0.1 : 1 / Math.sqrt(config.width);
    const data = Float32Array.from({ length: elementCount(shape) }, () => (isGain ? 1 : 0) + spread * normal());
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** `count` token ids, uniform over the vocabulary. */
export function randomIds(count: number, vocabulary: number, seed: number): Int32Array {
  const uniform = uniformGenerator(seed);
  return Int32Array.from({ length: count }, () => Math.floor(uniform() * vocabulary));
}

/** Logits ~ N(0, spread^2), [count]. */
export function randomLogits(count: number, seed: number, spread = 3): Float32Array {
  const normal = normalGenerator(seed);
  return Float32Array.from({ length: count }, () => spread * normal());
}

/** Entropy of softmax(row) in nats, in float64: what every sampler's entropy is checked against. */
export function entropyOfRow(logits: Float32Array): number {
  const max = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let mass = 0;
  let moment = 0;
  for (const l of logits) {
    const weight = Math.exp(l - max);
    mass += weight;
    moment += (l - max) * weight;
  }
  return Math.log(mass) - moment / mass;
}
