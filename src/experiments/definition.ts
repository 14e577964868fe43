// What an experiment is, as data: a base config, arms that differ from it, seeds that all arms share, and a budget.
//
//   points = arms x sweep      each a whole run config
//   cells  = points x seeds    each one run, by itself: it may be made on any machine, in any order
//
// Paired seeds: a seed is the run's seed in every arm, so that all arms get the same problems in the same order, the same
// held-out prompts, and the same noise at the same place of every rollout.

import * as v from 'valibot';
import { PretrainConfigError, parsePretrainConfig, pretrainPolicy } from '../grpo/pretrainConfig.ts';
import { OUR_SAMPLER, parseRunConfig, type RunConfig, RunConfigError } from '../grpo/runConfig.ts';
import { differences, hashOf } from '../grpo/runIdentity.ts';
import { PolicyConfigError } from '../policy/config.ts';
import { parseSamplerConfig, type SamplerConfig, SamplerConfigError } from '../temperature/config.ts';
import { samplerSchema } from '../temperature/schema.ts';
import { fieldsAt, isFields, overlay } from './overlay.ts';

export const EXPERIMENT_VERSION = 1;
const MOST_CELLS = 10_000;
/** Fields of an axis that begin so are settings of the start. */
const START = 'start.';

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= least && value <= most,
      `a whole number from ${least} to ${most} is needed`,
    ),
  );
const fields = v.custom<Readonly<Record<string, unknown>>>(isFields, 'fields of a run config are needed');
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80));
const unique = <T>(of: (item: T) => unknown, what: string) =>
  v.check((list: T[]) => new Set(list.map(of)).size === list.length, `${what} must differ from each other`);

/** Settings of a base policy that is trained for the experiment; null: the base that comes with the program. */
const startSchema = v.nullable(fields);

const armSchema = v.strictObject({
  name,
  /** What differs from the base config. */
  set: v.optional(fields, {}),
  /** undefined: as the experiment says. */
  start: v.exactOptional(startSchema),
});

const plainValue = v.union([v.number(), v.string(), v.boolean()]);
/** A value that is a group of fields needs a name of its own. */
const axisValue = v.union([plainValue, v.strictObject({ label: name, value: fields })]);

const axisSchema = v.strictObject({
  /** Place in the run config, such as sampler.threshold.coldFraction, or start.X for a setting of the start. */
  field: v.pipe(v.string(), v.regex(/^\w+(\.\w+)*$/, 'names joined by dots are needed')),
  values: v.pipe(v.array(axisValue), v.minLength(1), v.maxLength(64), unique(labelOf, 'the values of an axis')),
});

const evaluationSchema = v.strictObject({
  /** Steps between evaluations; 0: only before the first step and after the last. */
  every: v.optional(whole(0, 1_000_000), 0),
  prompts: v.optional(whole(1, 65_536), 128),
  /** Rollouts a prompt. */
  n: v.optional(whole(1, 65_536), 16),
  /** Each by its name; 'rule' samples by the arm's own rule with its temperatures of that step. */
  samplers: v.optional(
    v.pipe(
      v.array(v.strictObject({ name, sampler: v.union([v.literal('rule'), samplerSchema]) })),
      v.minLength(1),
      v.maxLength(16),
      unique(({ name }) => name, 'the names of the evaluations'),
    ),
    [{ name: 'tau 1', sampler: { temperature: { rule: 'fixed', tau: 1 } } }],
  ),
});

/** Metrics whose curves are kept when an experiment does not say which; `x/*` is every metric that begins with `x/`. */
export const USUAL_METRICS = [
  'reward',
  'reward/tau/*',
  'signal/tau/*',
  'pass@G',
  'frac_reward_zero_std',
  'dead_groups/expected',
  'entropy',
  'entropy/hot',
  'entropy/cold',
  'entropy/role/fork',
  'entropy/role/knowledge',
  'threshold',
  'hot_fraction',
  'gate/precision',
  'gate/recall',
  'outcomes/wrong arithmetic',
  'completions/mean_length',
  'repetition',
  'distinct_answers',
  'sampling/sampling_logp_difference/mean',
  'kl',
  'clip_ratio/region_mean',
  'grad_norm',
  'num_tokens',
] as const;

const curveSchema = v.strictObject({
  /** Steps that one point of a curve is the mean of. */
  every: v.optional(whole(1, 1_000_000), 1),
  metrics: v.optional(v.pipe(v.array(name), v.maxLength(64)), [...USUAL_METRICS]),
});

const experimentSchema = v.strictObject({
  version: v.optional(v.literal(EXPERIMENT_VERSION), EXPERIMENT_VERSION),
  name,
  /** What is to be found out. */
  question: v.optional(v.string(), ''),
  /** What to look at in the results. */
  look: v.optional(v.string(), ''),
  /** Of every arm, as in a run config; the seed is the cell's. */
  base: v.optional(fields, {}),
  start: v.optional(startSchema, null),
  arms: v.pipe(
    v.array(armSchema),
    v.minLength(1),
    v.maxLength(64),
    unique(({ name }) => name, 'the names of the arms'),
  ),
  /** Every arm at every value, or at every pair of values. */
  sweep: v.optional(v.pipe(v.array(axisSchema), v.maxLength(2)), []),
  /** The arm that the others are compared with; null: the first. */
  baseline: v.optional(v.nullable(name), null),
  seeds: v.pipe(
    v.array(whole(0, Number.MAX_SAFE_INTEGER)),
    v.minLength(1),
    v.maxLength(1000),
    unique((seed) => seed, 'the seeds'),
  ),
  /** Training steps of a run; 0: the policy is evaluated as it is. */
  steps: whole(0, 1_000_000),
  evaluation: v.optional(evaluationSchema, {}),
  curve: v.optional(curveSchema, {}),
});

export type ExperimentInput = v.InferInput<typeof experimentSchema>;
type Parsed = v.InferOutput<typeof experimentSchema>;

/** A checked definition; every point's config can be run. */
export interface Experiment extends Parsed {
  readonly baseline: string;
}

export type PlannedEvaluation = Parsed['evaluation']['samplers'][number];

type AxisValue = v.InferOutput<typeof axisValue>;

/** What a value of an axis is called. */
export function labelOf(value: AxisValue): number | string | boolean {
  return typeof value === 'object' ? value.label : value;
}

/** The label of a value of each axis of the sweep. */
export type SweepValues = readonly (number | string | boolean)[];

/** One config of an experiment: an arm, at a place of the sweep if there is one. */
export interface Point {
  readonly arm: string;
  readonly at: SweepValues;
  /** With seed 0: a cell puts its own in. */
  readonly config: RunConfig;
  /** Settings of `parsePretrainConfig`; null: the task's base. */
  readonly start: Readonly<Record<string, unknown>> | null;
}

export interface Cell extends Point {
  readonly seed: number;
}

/** Thrown for a definition that cannot be run; the message is one sentence. */
export class ExperimentError extends Error {
  override readonly name = 'ExperimentError';
}

/**
 * Fills in defaults and checks every point.
 * @throws ExperimentError naming the field, or the arm, and what is accepted
 */
export function parseExperiment(input: unknown): Experiment {
  const result = v.safeParse(experimentSchema, input);
  if (!result.success) {
    const issue = result.issues[0];
    const field = issue.path?.map((part) => String(part.key)).join('.') ?? 'the experiment';
    throw new ExperimentError(`${field} is not accepted: ${issue.message.replace(/\.$/, '')}.`);
  }
  const parsed = result.output;
  const baseline = parsed.baseline ?? parsed.arms[0]!.name;
  if (!parsed.arms.some((arm) => arm.name === baseline))
    throw new ExperimentError(
      `baseline is not accepted: it must be one of ${parsed.arms.map((arm) => JSON.stringify(arm.name)).join(', ')}.`,
    );
  const experiment = { ...parsed, baseline };
  const points = pointsOf(experiment);
  if (points.length * parsed.seeds.length > MOST_CELLS)
    throw new ExperimentError(
      `${points.length} configs times ${parsed.seeds.length} seeds are ${points.length * parsed.seeds.length} runs; ${MOST_CELLS} is the most.`,
    );
  for (const [i, point] of points.entries()) {
    const twin = points.slice(0, i).find((other) => samePoint(other, point));
    if (twin !== undefined)
      throw new ExperimentError(`${pointName(experiment, twin)} and ${pointName(experiment, point)} are the same.`);
  }
  return experiment;
}

function samePoint(a: Point, b: Point): boolean {
  return differences({ config: a.config, start: a.start }, { config: b.config, start: b.start }).length === 0;
}

/** Every pair of values, the first axis outermost; one empty place without a sweep. */
export function placesOf({ sweep }: Pick<Experiment, 'sweep'>): readonly SweepValues[] {
  return sweep.reduce<SweepValues[]>(
    (places, { values }) => places.flatMap((place) => values.map((value) => [...place, labelOf(value)])),
    [[]],
  );
}

/** Arms outermost. @throws ExperimentError when a point cannot be run */
export function pointsOf(experiment: Experiment): Point[] {
  return experiment.arms.flatMap((arm) => placesOf(experiment).map((at) => pointOf(experiment, arm, at)));
}

function pointOf(experiment: Experiment, arm: Experiment['arms'][number], at: SweepValues): Point {
  const { base, sweep, evaluation, start: common } = experiment;
  const where = pointName(experiment, { arm: arm.name, at });
  // With the sampler of a bare config beneath, so that an arm or an axis may name one field of it.
  let set = overlay(overlay({ sampler: OUR_SAMPLER }, base), arm.set);
  let given = arm.start === undefined ? common : arm.start;
  for (const [i, { field, values }] of sweep.entries()) {
    const chosen = values.find((value) => labelOf(value) === at[i])!;
    const value = typeof chosen === 'object' ? chosen.value : chosen;
    if (field.startsWith(START)) given = overlay(given ?? {}, fieldsAt(field.slice(START.length), value));
    else set = overlay(set, fieldsAt(field, value));
  }
  try {
    const config = parseRunConfig({ ...set, seed: 0 });
    if ('seed' in set) throw new RunConfigError('seed is not accepted in an arm: the seeds are of the experiment.');
    for (const { sampler } of evaluation.samplers) if (sampler !== 'rule') parseSamplerConfig(sampler, 'evaluation');
    const start = given === null ? null : { task: config.task, difficulty: config.difficulty, ...given };
    if (start !== null) pretrainPolicy(parsePretrainConfig(start));
    return { arm: arm.name, at, config, start };
  } catch (cause) {
    const known = [RunConfigError, SamplerConfigError, PretrainConfigError, PolicyConfigError];
    if (known.some((kind) => cause instanceof kind)) throw new ExperimentError(`${where}: ${(cause as Error).message}`);
    throw cause;
  }
}

/** Such as `token level` or `quantile, capacity = 50, coldFraction = 0.2`. */
export function pointName({ sweep }: Pick<Experiment, 'sweep'>, { arm, at }: Pick<Point, 'arm' | 'at'>): string {
  return [arm, ...sweep.map(({ field }, i) => `${field.split('.').at(-1)} = ${at[i]}`)].join(', ');
}

/** Seeds outermost: a part of the cells, in this order, has whole pairs as early as it can. */
export function cellsOf(experiment: Experiment): Cell[] {
  const points = pointsOf(experiment);
  return experiment.seeds.flatMap((seed) =>
    points.map((point) => ({ ...point, config: { ...point.config, seed }, seed })),
  );
}

/** Cells i, i + n, i + 2n ... @param shard from 0 to shards - 1 */
export function shardOf(cells: readonly Cell[], shard: number, shards: number): Cell[] {
  return cells.filter((_, i) => i % shards === shard);
}

/** SHA-256 of all that a cell's result follows from, but for the code and the machine. */
export function cellKey({ steps, evaluation, curve }: Experiment, { config, start }: Cell): Promise<string> {
  return hashOf({ config, start, steps, evaluation, curve });
}

/** The steps after which a cell is evaluated, in order. */
export function evaluatedSteps({ steps, evaluation: { every } }: Pick<Experiment, 'steps' | 'evaluation'>): number[] {
  const between = every === 0 ? [] : Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
  return [...new Set([0, ...between, steps])];
}

/** The evaluation's sampler, with its defaults filled in. */
export function checkedSampler(sampler: Exclude<PlannedEvaluation['sampler'], 'rule'>): SamplerConfig {
  return parseSamplerConfig(sampler, 'evaluation');
}
