// A rollout as it is written down: one JSON object a line of rollouts.jsonl. docs/RECORDS.md describes it for others.
//
// Per-token lists all have one entry a generated token. float32 numbers are written as the shortest decimal of their
// float64 value, so reading them back gives the same bits.

import * as v from 'valibot';

export const ROLLOUT_RECORD_VERSION = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const numbers = v.array(finite);

/** What scoring and the update add. */
const scoredSchema = v.strictObject({
  advantage: finite,
  /** Temperature that each token was scored at. */
  scoredTau: numbers,
  /** The trainer's log-prob at scoredTau before the update, nats. */
  logpOld: numbers,
  /** r_t of the last pass over it. */
  ratio: numbers,
  /** CLIP_SIDE of loss.ts, of the last pass. */
  clipSide: v.array(v.picklist([0, 1, 2, 3, 4])),
  /** |coefficient| over the sum of |coefficients| of the step. */
  gradientShare: numbers,
});

export const rolloutRecordSchema = v.strictObject({
  version: v.literal(ROLLOUT_RECORD_VERSION),
  task: v.string(),
  /** Training step, 0 the first; null outside training. */
  step: v.nullable(whole),
  /** Index of the group within the step, and of the rollout within the group. */
  group: whole,
  member: whole,
  prompt: v.string(),
  completion: v.string(),
  promptIds: v.array(whole),
  ids: v.array(whole),
  finished: v.boolean(),
  /** H at tau 1, nats. */
  entropyNats: numbers,
  /** H_th, nats; null where the queue was empty. */
  thresholdNats: v.array(v.nullable(finite)),
  queueLength: v.array(whole),
  hot: v.array(v.picklist([0, 1])),
  tau: numbers,
  logpTau: numbers,
  logp1: numbers,
  /** True role, null where it is not known. */
  role: v.array(v.nullable(v.picklist(['fork', 'knowledge', 'format']))),
  /** This rollout's place on the ladder: the offset of its temperatures. */
  ladderOffset: finite,
  /** Including the overlong penalty. */
  reward: finite,
  outcome: v.string(),
  scored: v.nullable(scoredSchema),
});

export type RolloutRecord = v.InferOutput<typeof rolloutRecordSchema>;
