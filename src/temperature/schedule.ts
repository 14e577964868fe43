// Temperatures over training steps. A schedule is data; its value is a pure function of the step and, for the one
// schedule that steers by entropy, of what the last step left behind.
//
//   constant   tau
//   linear     from -> to over `steps`, then to                 (the authors' branches: +.7 over 400, 1.2 to 1.4 over 300)
//   spike      base, and base + rise for `length` steps at every multiple of `every` (the authors' branch: +.1, 50)
//   cosine     from -> to over `steps` along half a cosine, then to
//   stages     the tau of the last stage begun                  (Polaris)
//   entropy    T <- T (1 + T ln(H* / H) / (ln V + ln ln V))     (E3), within [least, most]
//   points     straight lines between points drawn by hand, level outside

import * as v from 'valibot';

const tau = v.pipe(v.number(), v.finite(), v.gtValue(0, 'a temperature must be above 0'));
const nats = v.pipe(v.number(), v.finite(), v.gtValue(0));
const step = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const knots = v.pipe(
  v.array(v.strictObject({ step, tau })),
  v.minLength(1),
  v.check(
    (list) => list.every((knot, i) => i === 0 || knot.step > list[i - 1]!.step),
    'steps must rise from one point to the next',
  ),
);

export const scheduleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('constant'), tau: v.optional(tau, 1) }),
  v.strictObject({
    kind: v.literal('linear'),
    from: v.optional(tau, 1.2),
    to: v.optional(tau, 1.4),
    steps: v.optional(count, 300),
  }),
  v.pipe(
    v.strictObject({
      kind: v.literal('spike'),
      base: v.optional(tau, 1),
      rise: v.optional(v.pipe(v.number(), v.finite()), 0.1),
      every: v.optional(count, 50),
      /** Steps that a spike lasts (ours). */
      length: v.optional(count, 1),
    }),
    v.check(({ base, rise }) => base + rise > 0, 'base + rise must be above 0'),
  ),
  v.strictObject({
    kind: v.literal('cosine'),
    from: v.optional(tau, 1.2),
    to: v.optional(tau, 1),
    steps: v.optional(count, 300),
  }),
  v.strictObject({
    kind: v.literal('stages'),
    stages: v.pipe(
      knots,
      v.check((list) => list[0]?.step === 0, 'the first stage must begin at step 0'),
    ),
  }),
  v.pipe(
    v.strictObject({
      kind: v.literal('entropy'),
      from: v.optional(tau, 1),
      /** H*, the entropy to steer to. */
      targetNats: v.optional(nats, 0.5),
      least: v.optional(tau, 0.2),
      most: v.optional(tau, 2),
    }),
    v.check(({ least, most }) => least <= most, 'least must not be above most'),
  ),
  v.strictObject({ kind: v.literal('points'), points: knots }),
]);

export type Schedule = v.InferOutput<typeof scheduleSchema>;

/** What the entropy-targeted schedule steers by; the other schedules ignore it. */
export interface ScheduleState {
  /** The temperature that this schedule gave for the step before. */
  readonly tau: number;
  /** Mean entropy of the tokens of the step before, nats. */
  readonly entropyNats: number;
  /** V, at least 2. */
  readonly vocabularySize: number;
}

/** ln(H* / H) grows without bound as H falls; below this the policy counts as certain. */
const LEAST_ENTROPY_NATS = 1e-6;

function between(points: readonly { readonly step: number; readonly tau: number }[], at: number): number {
  const next = points.findIndex((point) => point.step >= at);
  if (next < 0) return points.at(-1)!.tau;
  const right = points[next]!;
  const left = points[next - 1];
  if (left === undefined || right.step === at) return right.tau;
  return left.tau + ((right.tau - left.tau) * (at - left.step)) / (right.step - left.step);
}

/**
 * The temperature for training step `at` (0 is the first).
 * @param state what the step before left; null before the first step. Read by the entropy-targeted schedule only.
 * @throws RangeError for a step that is not a whole number >= 0, or a vocabulary of fewer than two tokens
 */
export function temperatureAt(schedule: Schedule, at: number, state: ScheduleState | null): number {
  if (!Number.isSafeInteger(at) || at < 0)
    throw new RangeError(`A training step must be a whole number from 0 on, but it is ${at}.`);
  switch (schedule.kind) {
    case 'constant':
      return schedule.tau;
    case 'linear':
      return schedule.from + (schedule.to - schedule.from) * Math.min(1, at / schedule.steps);
    case 'spike':
      return at >= schedule.every && at % schedule.every < schedule.length
        ? schedule.base + schedule.rise
        : schedule.base;
    case 'cosine': {
      const turned = (1 - Math.cos(Math.PI * Math.min(1, at / schedule.steps))) / 2;
      return schedule.from + (schedule.to - schedule.from) * turned;
    }
    case 'stages':
      return schedule.stages.findLast((stage) => stage.step <= at)!.tau;
    case 'entropy': {
      const { from, targetNats, least, most } = schedule;
      if (state === null) return Math.min(most, Math.max(least, from));
      if (!(state.vocabularySize >= 2))
        throw new RangeError(`A vocabulary has two tokens or more, but this one has ${state.vocabularySize}.`);
      const logSize = Math.log(state.vocabularySize);
      const lack = Math.log(targetNats / Math.max(LEAST_ENTROPY_NATS, state.entropyNats));
      const next = state.tau * (1 + (state.tau * lack) / (logSize + Math.log(logSize)));
      return Math.min(most, Math.max(least, next));
    }
    case 'points':
      return between(schedule.points, at);
  }
}
