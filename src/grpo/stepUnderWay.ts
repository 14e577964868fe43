// What a stage leaves for the next one, as plain data: it is what a save between stages holds.

import * as v from 'valibot';
import { type RolloutRecord, rolloutRecordSchema } from './rolloutRecord.ts';

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
/** One list a rollout, one number a token. */
const perToken = v.array(v.array(finite));
const metricsSchema = v.record(v.string(), v.nullable(finite));

/** Numbers under their names; null: not defined in this step. */
export type Metrics = Readonly<Record<string, number | null>>;

/** Where a run stands in its streams of problems and noise. */
export const countersSchema = v.strictObject({
  /** Problems drawn: the index of the next. */
  groups: whole,
  /** Batches generated: the noise stream of the next. */
  generationBatches: whole,
  /** Tokens that the policy has read and written, prompts included. */
  tokens: whole,
});
export type Counters = Readonly<v.InferOutput<typeof countersSchema>>;

/** What the schedules gave for a step, by the temperature they steer. */
export const temperaturesSchema = v.strictObject({
  high: v.exactOptional(finite),
  low: v.exactOptional(finite),
  tau: v.exactOptional(finite),
});

export const collectedSchema = v.strictObject({
  rollouts: v.array(rolloutRecordSchema),
  /** What the rule asked for, where the tokens were drawn at another temperature; else null: rollouts[].tau. */
  ruleTau: v.nullable(perToken),
  temperatures: temperaturesSchema,
  metrics: metricsSchema,
  milliseconds: finite,
});

/** The kept rollouts of a step, not yet scored. */
export type Collected = Readonly<v.InferOutput<typeof collectedSchema>>;

export const scoredSchema = v.strictObject({
  rollouts: v.array(rolloutRecordSchema),
  /** The policy's entropies at tau 1 as the trainer scored them before the update, nats. */
  entropyNats: perToken,
  /** The reference policy's log-probs at the scored temperatures, nats; null where the objective needs none. */
  logpReference: v.nullable(perToken),
  metrics: metricsSchema,
  milliseconds: finite,
});

/** The rollouts of a step, with advantages and old log-probs. */
export type Scored = Readonly<v.InferOutput<typeof scoredSchema>>;

/** The step under way. */
export interface StepUnderWay {
  readonly collected: Collected;
  readonly scored: Scored | null;
}

/** A record that scoring has been through. */
export type ScoredRollout = RolloutRecord & { readonly scored: NonNullable<RolloutRecord['scored']> };

/** @throws Error for rollouts that were not scored */
export function scoredRollouts(rollouts: readonly RolloutRecord[]): ScoredRollout[] {
  return rollouts.map((rollout) => {
    if (rollout.scored === null) throw new Error('These rollouts were not scored yet.');
    return { ...rollout, scored: rollout.scored };
  });
}

/** Plain numbers; -0 becomes 0, as JSON has it, so that a save changes nothing. */
export function plain(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => value + 0);
}
