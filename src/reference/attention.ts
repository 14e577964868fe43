// Causal grouped-query attention in float64: o_t = sum_{s <= t} a_ts v_s, a_t = softmax_s(q_t . k_s / sqrt(D)).
// Query head h reads key/value head floor(h / (heads / kvHeads)).

import type { PolicyConfig } from '../policy/config.ts';
import { addScaled, dot } from './operations.ts';

export interface AttentionTrace {
  /** a[h][t][s], S entries a query; 0 where s is in the future. */
  readonly weights: Float64Array;
  /** o [T, heads * D]. */
  readonly output: Float64Array;
}

/**
 * q [T, heads * D], k and v [S, kvHeads * D]; the queries are the last T of the S positions (S > T when decoding
 * with cached keys and values).
 */
export function attention(c: PolicyConfig, q: Float64Array, k: Float64Array, v: Float64Array): AttentionTrace {
  const { queries, keys, first, qHead, kvHead } = views(c, q, k);
  const weights = new Float64Array(c.heads * queries * keys);
  const output = new Float64Array(q.length);
  for (let h = 0; h < c.heads; h++) {
    for (let t = 0; t < queries; t++) {
      const a = weights.subarray((h * queries + t) * keys, (h * queries + t + 1) * keys);
      const visible = first + t + 1;
      let largest = Number.NEGATIVE_INFINITY;
      for (let s = 0; s < visible; s++) {
        a[s] = dot(qHead(q, t, h), kvHead(k, s, h)) / Math.sqrt(c.headWidth);
        largest = Math.max(largest, a[s]!);
      }
      let total = 0;
      for (let s = 0; s < visible; s++) {
        a[s] = Math.exp(a[s]! - largest);
        total += a[s]!;
      }
      for (let s = 0; s < visible; s++) {
        a[s]! /= total;
        addScaled(qHead(output, t, h), a[s]!, kvHead(v, s, h));
      }
    }
  }
  return { weights, output };
}

/**
 * da_ts = do_t . v_s; the softmax turns it into dz_ts = a_ts (da_ts - sum_r a_tr da_tr), z the scaled product;
 * then dq_t += dz_ts k_s / sqrt(D), dk_s += dz_ts q_t / sqrt(D), dv_s += a_ts do_t. Needs T = S.
 */
export function attentionBackward(
  c: PolicyConfig,
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  weights: Float64Array,
  dOutput: Float64Array,
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const { queries, keys, qHead, kvHead } = views(c, q, k);
  const scale = 1 / Math.sqrt(c.headWidth);
  const dq = new Float64Array(q.length);
  const dk = new Float64Array(k.length);
  const dv = new Float64Array(v.length);
  for (let h = 0; h < c.heads; h++) {
    for (let t = 0; t < queries; t++) {
      const a = weights.subarray((h * queries + t) * keys, (h * queries + t + 1) * keys);
      const da = new Float64Array(keys);
      for (let s = 0; s <= t; s++) da[s] = dot(qHead(dOutput, t, h), kvHead(v, s, h));
      const mean = dot(a, da);
      for (let s = 0; s <= t; s++) {
        const dz = a[s]! * (da[s]! - mean);
        addScaled(qHead(dq, t, h), dz * scale, kvHead(k, s, h));
        addScaled(kvHead(dk, s, h), dz * scale, qHead(q, t, h));
        addScaled(kvHead(dv, s, h), a[s]!, qHead(dOutput, t, h));
      }
    }
  }
  return { dq, dk, dv };
}

function views(c: PolicyConfig, q: Float64Array, k: Float64Array) {
  const D = c.headWidth;
  const queries = q.length / (c.heads * D);
  const keys = k.length / (c.kvHeads * D);
  const share = c.heads / c.kvHeads;
  return {
    queries,
    keys,
    first: keys - queries,
    /** Head h of row t of a [T, heads * D] array. */
    qHead: (x: Float64Array, t: number, h: number) => x.subarray((t * c.heads + h) * D, (t * c.heads + h + 1) * D),
    /** The key/value head that query head h reads, of row s of an [S, kvHeads * D] array. */
    kvHead: (x: Float64Array, s: number, h: number) => {
      const at = (s * c.kvHeads + Math.floor(h / share)) * D;
      return x.subarray(at, at + D);
    },
  };
}
