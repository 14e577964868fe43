// Where the temperature enters the loss (METHOD.md section 4): what the sampler draws at and what the trainer scores at.
//
//   mode            drawn at   scored at   weight
//   on-policy       tau_t      tau_t       1                          the paper's choice (2510.08892 section 4.5)
//   update-only     1          tau_t       1                          its contrast, first reading
//   sampling-only   tau_t      1           1                          second reading, and a common bug
//   one-late        tau_t      tau_{t-1}   1                          a shift by one; a check that ratios are 1 is blind to it
//   truncated       tau_t      1           min(pi_1 / pi_tau, C)      repairs sampling-only
//
// Old and new log-probs are both scored at the scored temperature. tau_t is recorded data: it stays frozen over inner
// epochs.

import * as v from 'valibot';
import { packRows } from '../policy/batch.ts';
import type { Rollout, TokenBatch } from '../policy/engine.ts';

export const lossTemperatureSchema = v.strictObject({
  mode: v.optional(v.picklist(['on-policy', 'update-only', 'sampling-only', 'one-late', 'truncated']), 'on-policy'),
  /** C: the largest weight of truncated importance sampling. */
  largestWeight: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 2),
  /** Multiply each coefficient by the scored tau, which takes back the 1 / tau that d/dz log softmax(z / tau) carries. */
  compensate: v.optional(v.boolean(), false),
});

export type LossTemperature = v.InferOutput<typeof lossTemperatureSchema>;
export type LossTemperatureMode = LossTemperature['mode'];

/** True: the sampler draws at tau = 1 and its rule's temperature is only for the trainer. */
export function drawsAtOne(mode: LossTemperatureMode): boolean {
  return mode === 'update-only';
}

/** What the temperature rule asks for: hot or cold by the record's class. For rollouts that were drawn at another tau. */
export function ruleTau(hot: Uint8Array, hotTau: number, coldTau: number): Float32Array {
  return Float32Array.from(hot, (isHot) => (isHot === 1 ? hotTau : coldTau));
}

/**
 * The temperature that each generated token is scored at.
 * @param tau tau_t of each generated token: the record's, or ruleTau's where the mode draws at 1
 */
export function scoredTau(mode: LossTemperatureMode, tau: Float32Array): Float32Array {
  switch (mode) {
    case 'on-policy':
    case 'update-only':
      return tau.slice();
    case 'sampling-only':
    case 'truncated':
      return new Float32Array(tau.length).fill(1);
    case 'one-late':
      // The first token has none before it: it gets 1, the padding that a shifted array has there.
      return tau.map((_, t) => (t === 0 ? 1 : tau[t - 1]!));
  }
}

/** Rollouts laid end to end for the engine, with what the loss and the audit need beside them; all packed alike. */
export interface ScoringBatch extends TokenBatch {
  /** 1: generated, 0: prompt. */
  readonly mask: Uint8Array;
  /** The sampler's own log-prob of each generated token, at what it was drawn from; 0 in prompts. */
  readonly samplerLogp: Float32Array;
}

/**
 * Prompts and completions as one batch, scored at the mode's temperatures.
 * @param tau tau_t per rollout and generated token; default: each record's own
 */
export function scoringBatch(
  mode: LossTemperatureMode,
  rollouts: readonly Pick<Rollout, 'promptIds' | 'ids' | 'tau' | 'logpTau'>[],
  tau: readonly Float32Array[] = rollouts.map((rollout) => rollout.tau),
): ScoringBatch {
  const packed = packRows(rollouts.map(({ promptIds, ids }) => [...promptIds, ...ids]));
  const length = packed.ids.length;
  const batch = {
    tau: new Float32Array(length).fill(1),
    mask: new Uint8Array(length),
    samplerLogp: new Float32Array(length),
  };
  rollouts.forEach(({ promptIds, ids, logpTau }, row) => {
    const from = packed.rowStart[row]! + promptIds.length;
    batch.tau.set(scoredTau(mode, tau[row]!), from);
    batch.mask.fill(1, from, from + ids.length);
    batch.samplerLogp.set(logpTau, from);
  });
  return { ...packed, ...batch };
}

/**
 * Weights of truncated importance sampling, min(pi_scored / pi_drawn, C), constant in the update; 1 in prompts.
 * @param logpOld the trainer's log-probs before the update, at the scored temperature, nats
 */
export function truncatedWeights(
  { mask, samplerLogp }: Pick<ScoringBatch, 'mask' | 'samplerLogp'>,
  logpOld: ArrayLike<number>,
  largest: number,
): Float64Array {
  return Float64Array.from(mask, (isGenerated, i) =>
    isGenerated === 1 ? Math.min(Math.exp(logpOld[i]! - samplerLogp[i]!), largest) : 1,
  );
}

/** Coefficients times the temperature that each token is scored at. */
export function compensated(coefficients: Float64Array, tau: Float32Array): Float64Array {
  return coefficients.map((coefficient, i) => coefficient * tau[i]!);
}

export interface TemperatureAudit {
  readonly 'sampling/sampling_logp_difference/mean': number;
  readonly 'sampling/sampling_logp_difference/max': number;
}

/**
 * How far the trainer's log-probs lie from the numbers that the sampler itself wrote down, nats. Near 0 on-policy before
 * the first update; comparing two of the trainer's own passes would hide a mistake that both make.
 * @throws RangeError for a batch without generated tokens
 */
export function temperatureAudit(
  { mask, samplerLogp }: Pick<ScoringBatch, 'mask' | 'samplerLogp'>,
  trainerLogp: ArrayLike<number>,
): TemperatureAudit {
  let sum = 0;
  let count = 0;
  let max = 0;
  mask.forEach((isGenerated, i) => {
    if (isGenerated !== 1) return;
    const difference = Math.abs(trainerLogp[i]! - samplerLogp[i]!);
    sum += difference;
    count++;
    // A NaN must not hide: Math.max keeps it.
    max = Math.max(max, difference);
  });
  if (count === 0) throw new RangeError('The temperature audit needs at least one generated token.');
  return { 'sampling/sampling_logp_difference/mean': sum / count, 'sampling/sampling_logp_difference/max': max };
}
