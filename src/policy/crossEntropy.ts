// Cross-entropy for supervised pretraining, by the same entry as the policy gradient: the loss
//
//   L = -sum_i w_i log softmax(z_i)[id_i] / sum_i w_i          (nats, tau = 1)
//
// has dL / d logpTau_i = -w_i / sum w, and these are the coefficients.

import { BatchError, packRows } from './batch.ts';
import type { PolicyEngine, TokenBatch, TokenScores } from './engine.ts';

/** A sequence to learn from. */
export interface SupervisedRow {
  readonly ids: ArrayLike<number>;
  /** weight[t] >= 0 weighs the prediction OF ids[t]: 1 counts, 0 (a prompt's token) does not. Default: all count. */
  readonly weight?: ArrayLike<number>;
}

/** What an engine is given, and what the mean loss is taken with. */
export interface CrossEntropy {
  readonly batch: TokenBatch;
  readonly coef: Float32Array;
}

/**
 * Packs rows at tau 1 with the coefficients of the mean cross-entropy over the tokens that count. The first token of a
 * row is predicted by nothing and never counts.
 * @throws BatchError when a weight is negative or not finite, does not fit its row, or no token counts
 */
export function crossEntropy(rows: readonly SupervisedRow[]): CrossEntropy {
  const { ids, rowStart } = packRows(rows.map((row) => row.ids));
  const weights = new Float64Array(ids.length);
  rows.forEach(({ ids: row, weight }, b) => {
    if (weight !== undefined && weight.length !== row.length)
      throw new BatchError(`Row ${b} has ${row.length} tokens but ${weight.length} weights.`);
    for (let t = 1; t < row.length; t++) {
      const w = weight?.[t] ?? 1;
      if (!(w >= 0 && Number.isFinite(w)))
        throw new BatchError(`Row ${b} has the weight ${w}; it must be a finite number, 0 or above.`);
      weights[rowStart[b]! + t] = w;
    }
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (total === 0) throw new BatchError('No token of the batch counts: there is nothing to learn from it.');
  const coef = Float32Array.from(weights, (w) => (w === 0 ? 0 : -w / total));
  return { batch: { ids, rowStart, tau: new Float32Array(ids.length).fill(1) }, coef };
}

/** The mean loss in nats at these scores of the batch. */
export function meanCrossEntropyNats({ coef }: CrossEntropy, { logp1 }: TokenScores): number {
  return coef.reduce((loss, c, i) => (c === 0 ? loss : loss + c * logp1[i]!), 0);
}

/** Adds the gradient of the mean cross-entropy of these rows; returns the loss in nats. @throws BatchError */
export async function accumulateCrossEntropy(engine: PolicyEngine, rows: readonly SupervisedRow[]): Promise<number> {
  const loss = crossEntropy(rows);
  return meanCrossEntropyNats(loss, await engine.accumulateGradient(loss.batch, loss.coef));
}
