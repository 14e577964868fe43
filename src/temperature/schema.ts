// The sampler's settings: entropy queue -> threshold -> temperature rule -> truncation, plus the rollout ladder.
//
// One declarative schema, with complete defaults. Where arXiv 2510.08892 is silent, the choice is an option here and
// the default is ours; the presets of the app are values of this type.

import * as v from 'valibot';

/** Longest entropy queue (the authors' code uses this length). */
export const MAX_QUEUE = 100_000;

/** Fractions (k, p) are kept to 4 decimals, so that the rank k(n - 1) is computed exactly, in integers, on every engine. */
export const FRACTION_STEPS = 10_000;

const finite = v.pipe(v.number(), v.finite());
/** tau = 0 means argmax; whether 0 is allowed depends on the purpose (parseSamplerConfig). */
const tau = v.pipe(finite, v.minValue(0, 'a temperature must not be negative'));
const nats = v.pipe(finite, v.minValue(0));
const fraction = v.pipe(
  finite,
  v.minValue(0),
  v.maxValue(1),
  v.transform((k) => Math.round(k * FRACTION_STEPS) / FRACTION_STEPS),
);

const queueSchema = v.strictObject({
  /** N: entropies kept. */
  capacity: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_QUEUE)), MAX_QUEUE),
  /** Who shares a queue: a rollout has its own, the rollouts of one prompt share, or all rollouts share. */
  scope: v.optional(v.picklist(['rollout', 'prompt', 'run']), 'run'),
  /** push-first: every live row's H_t is in the window it is judged by (paper 3.2); threshold-first: it is not. */
  order: v.optional(v.picklist(['push-first', 'threshold-first']), 'push-first'),
  /** Until the queue holds this many entropies the fallback decides ('one' is tau = 1). An empty queue always falls back. */
  warmup: v.optional(
    v.strictObject({
      entropies: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_QUEUE)), 0),
      use: v.optional(v.picklist(['hot', 'cold', 'one']), 'hot'),
    }),
    {},
  ),
  /** True: kept from one rollout batch to the next (the authors' code); false: cleared. */
  keep: v.optional(v.boolean(), false),
});

const thresholdSchema = v.variant('rule', [
  /** H_th = the coldFraction-quantile of the queue, linearly interpolated (paper text). */
  v.strictObject({ rule: v.literal('quantile'), coldFraction: v.optional(fraction, 0.6) }),
  /** H_th = sorted[floor((1 - hotFraction)(n - 1))] (the authors' code). */
  v.strictObject({ rule: v.literal('top-p'), hotFraction: v.optional(fraction, 0.4) }),
  /** A constant (2506.01939 section 3: .672 for Qwen3-8B). */
  v.strictObject({ rule: v.literal('absolute'), nats: v.optional(nats, 0.672) }),
  /** max(quantile, floor): ours, against threshold drift. */
  v.strictObject({
    rule: v.literal('floored'),
    coldFraction: v.optional(fraction, 0.6),
    floorNats: v.optional(nats, 0.1),
  }),
]);

const temperatureSchema = v.variant('rule', [
  /** tau = high if hot, else low (paper equation 3). */
  v.strictObject({ rule: v.literal('binary'), high: v.optional(tau, 1.2), low: v.optional(tau, 1) }),
  /** tau = low + (high - low) * midrank of H in the queue, in [0, 1] (ours). */
  v.strictObject({ rule: v.literal('rank'), high: v.optional(tau, 1.2), low: v.optional(tau, 1) }),
  /** tau = max(least, base * n0^(theta / H)) (EDT, 2403.14541; `least` is ours: the formula tends to 0 with H). */
  v.strictObject({
    rule: v.literal('edt'),
    base: v.optional(tau, 1),
    theta: v.optional(v.pipe(finite, v.minValue(0)), 0.1),
    n0: v.optional(v.pipe(finite, v.gtValue(0), v.maxValue(1)), 0.8),
    least: v.optional(v.pipe(finite, v.gtValue(0)), 0.05),
  }),
  v.strictObject({ rule: v.literal('fixed'), tau: v.optional(tau, 1) }),
]);

const ladderSchema = v.strictObject({
  /** Rollout r of a group is shifted by offsets[r mod m]; [0] is no ladder. */
  offsets: v.optional(v.pipe(v.array(finite), v.minLength(1), v.maxLength(256)), [0]),
  /** What the shift is added to: the hot temperature only (the authors' code), or both. Fixed tau and EDT's base always shift. */
  shifts: v.optional(v.picklist(['hot', 'both']), 'both'),
});

/** Applied after the temperature, in this order; ties at the edge are kept. */
const truncationSchema = v.strictObject({
  /** Keep the k largest; 0: off. */
  topK: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  /** Keep the smallest set of largest probabilities that reaches this mass (of what top-k kept); 1: off. */
  topP: v.optional(v.pipe(finite, v.gtValue(0), v.maxValue(1)), 1),
  /** Keep p >= minP * p_max; 0: off. */
  minP: v.optional(v.pipe(finite, v.minValue(0), v.maxValue(1)), 0),
});

export const samplerSchema = v.strictObject({
  queue: v.optional(queueSchema, {}),
  threshold: v.optional(thresholdSchema, { rule: 'quantile' }),
  /** Hot iff H > H_th (strict, paper text) or H >= H_th (inclusive, the authors' code). */
  tie: v.optional(v.picklist(['strict', 'inclusive']), 'strict'),
  temperature: v.optional(temperatureSchema, { rule: 'binary' }),
  ladder: v.optional(ladderSchema, {}),
  truncation: v.optional(truncationSchema, {}),
});

export type SamplerConfig = v.InferOutput<typeof samplerSchema>;
export type SamplerConfigInput = v.InferInput<typeof samplerSchema>;
export type TemperatureRule = SamplerConfig['temperature'];
export type ThresholdRule = SamplerConfig['threshold'];
export type TruncationRule = SamplerConfig['truncation'];

/** True when any truncation is on. */
export function truncates(rule: TruncationRule): boolean {
  return rule.topK > 0 || rule.topP < 1 || rule.minP > 0;
}
