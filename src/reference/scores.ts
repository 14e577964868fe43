// Log-probs and entropies of given tokens, and the gradient of sum_i coef_i * logpTau_i, in float64.

import type { PolicyConfig } from '../policy/config.ts';
import type { TokenBatch } from '../policy/engine.ts';
import { backward, forward, type Weights } from './decoder.ts';
import { logProbability, probabilities, softmaxEntropyNats, UNTEMPERED } from './distribution.ts';

/** TokenScores before rounding: aligned with TokenBatch.ids, 0 at a row's first token. */
export interface ReferenceScores {
  readonly logp1: Float64Array;
  readonly logpTau: Float64Array;
  readonly entropyNats: Float64Array;
}

/** Scores every predicted token of the batch. @throws RangeError for a bad token id or temperature. */
export function score(c: PolicyConfig, w: Weights, batch: TokenBatch): ReferenceScores {
  const scores = emptyScores(batch);
  for (const row of rowsOf(batch)) scoreRow(c, row, forward(c, w, row.ids).logits, scores);
  return scores;
}

/**
 * Adds the gradient of sum_i coef[i] * logpTau[i] to `gradient`; a row's first coef is ignored.
 * d logpTau / dz = (onehot(id) - softmax(z / tau)) / tau.
 */
export function accumulateGradient(
  c: PolicyConfig,
  w: Weights,
  batch: TokenBatch,
  coef: Float32Array | Float64Array,
  gradient: Weights,
): ReferenceScores {
  const scores = emptyScores(batch);
  for (const row of rowsOf(batch)) {
    const trace = forward(c, w, row.ids);
    scoreRow(c, row, trace.logits, scores);
    const dLogits = new Float64Array(trace.logits.length);
    for (let t = 1; t < row.ids.length; t++) {
      const z = logitsFor(c, trace.logits, t);
      const tau = row.tau[t]!;
      probabilities(z, { ...UNTEMPERED, tau }).forEach((p, i) => {
        const onehot = i === row.ids[t] ? 1 : 0;
        dLogits[(t - 1) * c.vocabulary + i] = (coef[row.start + t]! * (onehot - p)) / tau;
      });
    }
    backward(c, w, trace, dLogits, gradient);
  }
  return scores;
}

interface Row {
  readonly start: number;
  readonly ids: Int32Array;
  readonly tau: Float32Array;
}

function rowsOf(batch: TokenBatch): Row[] {
  return Array.from({ length: batch.rowStart.length - 1 }, (_, b) => {
    const start = batch.rowStart[b]!;
    const end = batch.rowStart[b + 1]!;
    const tau = batch.tau.subarray(start, end);
    const wrong = tau.subarray(1).find((x) => !(x > 0 && Number.isFinite(x)));
    if (wrong !== undefined)
      throw new RangeError(`Tokens are scored at temperatures above 0, but row ${b} asks for ${wrong}.`);
    return { start, ids: batch.ids.subarray(start, end), tau };
  });
}

function scoreRow(c: PolicyConfig, row: Row, logits: Float64Array, scores: ReferenceScores): void {
  for (let t = 1; t < row.ids.length; t++) {
    const z = logitsFor(c, logits, t);
    scores.logp1[row.start + t] = logProbability(z, UNTEMPERED, row.ids[t]!);
    scores.logpTau[row.start + t] = logProbability(z, { ...UNTEMPERED, tau: row.tau[t]! }, row.ids[t]!);
    scores.entropyNats[row.start + t] = softmaxEntropyNats(z);
  }
}

/** The logits that predict token t of a row stand at token t - 1. */
function logitsFor(c: PolicyConfig, logits: Float64Array, t: number): Float64Array {
  return logits.subarray((t - 1) * c.vocabulary, t * c.vocabulary);
}

function emptyScores(batch: TokenBatch): ReferenceScores {
  const n = batch.ids.length;
  return { logp1: new Float64Array(n), logpTau: new Float64Array(n), entropyNats: new Float64Array(n) };
}
