// What stands between the products of the decoder, on float32 arrays with float64 sums. A "stride" is the distance
// between the rows of two tokens.

import type { RopeTable } from '../policy/ropeTable.ts';

/** normed [tokens, width] = gain * x / sqrt(mean(x^2) + epsilon), x [tokens, stride]. */
export function rmsNorm(
  x: Float32Array,
  stride: number,
  tokens: number,
  gain: Float32Array,
  epsilon: number,
  normed: Float32Array,
): void {
  const width = gain.length;
  for (let n = 0; n < tokens; n++) {
    const from = n * stride;
    let squares = 0;
    for (let i = 0; i < width; i++) squares += x[from + i]! * x[from + i]!;
    const inverse = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) normed[n * width + i] = gain[i]! * x[from + i]! * inverse;
  }
}

/** Turns `heads` heads that start at `at`, in place, to a position. */
export function rotateHeads(
  x: Float32Array,
  at: number,
  heads: number,
  headWidth: number,
  { cos, sin }: RopeTable,
  position: number,
): void {
  const half = headWidth / 2;
  for (let i = 0; i < half; i++) {
    const c = cos[position * half + i]!;
    const s = sin[position * half + i]!;
    for (let head = 0; head < heads; head++) {
      const a = at + head * headWidth + i;
      const b = a + half;
      const xa = x[a]!;
      const xb = x[b]!;
      x[a] = xa * c - xb * s;
      x[b] = xb * c + xa * s;
    }
  }
}

/** Where one query head finds the keys and values of its row: [visible, stride], from element `at` on. */
export interface HeadView {
  readonly keys: Float32Array;
  readonly values: Float32Array;
  readonly at: number;
  readonly stride: number;
  /** Positions that the query sees, itself included. */
  readonly visible: number;
}

/**
 * One head of one token: out = sum_s a_s v_s, a = softmax_s(q . k_s / sqrt(D)); `weights` has room for `visible` values.
 */
export function attendHead(
  q: Float32Array,
  qAt: number,
  headWidth: number,
  { keys, values, at, stride, visible }: HeadView,
  weights: Float32Array,
  out: Float32Array,
  outAt: number,
): void {
  const scale = 1 / Math.sqrt(headWidth);
  let largest = Number.NEGATIVE_INFINITY;
  for (let s = 0; s < visible; s++) {
    const key = at + s * stride;
    // Two sums at a time, here and below: a head's width is even, and one sum would wait for itself.
    let even = 0;
    let odd = 0;
    for (let i = 0; i < headWidth; i += 2) {
      even += q[qAt + i]! * keys[key + i]!;
      odd += q[qAt + i + 1]! * keys[key + i + 1]!;
    }
    weights[s] = (even + odd) * scale;
    largest = Math.max(largest, weights[s]!);
  }
  let total = 0;
  for (let s = 0; s < visible; s++) {
    weights[s] = Math.exp(weights[s]! - largest);
    total += weights[s]!;
  }
  for (let i = 0; i < headWidth; i += 2) {
    let even = 0;
    let odd = 0;
    for (let s = 0, value = at + i; s < visible; s++, value += stride) {
      even += weights[s]! * values[value]!;
      odd += weights[s]! * values[value + 1]!;
    }
    out[outAt + i] = even / total;
    out[outAt + i + 1] = odd / total;
  }
}

/** hidden [tokens, width] = silu(gate) * up, from gate and up side by side in rows of `stride`. */
export function swiglu(
  gateUp: Float32Array,
  stride: number,
  tokens: number,
  width: number,
  hidden: Float32Array,
): void {
  for (let n = 0; n < tokens; n++) {
    const from = n * stride;
    for (let i = 0; i < width; i++) {
      const gate = gateUp[from + i]!;
      hidden[n * width + i] = (gate / (1 + Math.exp(-gate))) * gateUp[from + width + i]!;
    }
  }
}
