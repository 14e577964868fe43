// All that decides a training run, as data: one schema with complete defaults. Together with the weights it starts from,
// the code's version and the machine it is a run's identity; a link, a file and a preset are all values of it.

import * as v from 'valibot';
import { taskByName, tasks } from '../tasks/index.ts';
import { parseSamplerConfig, SamplerConfigError } from '../temperature/config.ts';
import { scheduleSchema } from '../temperature/schedule.ts';
import { type SamplerConfig, samplerSchema } from '../temperature/schema.ts';
import { lossSchema } from './lossConfig.ts';
import { lossTemperatureSchema } from './lossTemperature.ts';

export const RUN_CONFIG_VERSION = 1;

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
const finite = v.pipe(v.number(), v.finite());
const notNegative = v.pipe(finite, v.minValue(0));
const beta = v.pipe(finite, v.minValue(0), v.ltValue(1));

/** Which schedule steers which temperature of each rule; null leaves the sampler's own number. */
const schedulesSchema = v.strictObject({
  /** T_high of the binary and the rank rule. */
  high: v.optional(v.nullable(scheduleSchema), null),
  /** T_low of the binary and the rank rule. */
  low: v.optional(v.nullable(scheduleSchema), null),
  /** tau of the fixed rule, base of EDT. */
  tau: v.optional(v.nullable(scheduleSchema), null),
});

const optimizerSchema = v.strictObject({
  learningRate: v.optional(notNegative, 3e-4),
  /** Steps over which the learning rate rises in a line from 1 / warmupSteps of itself; 0: none. */
  warmupSteps: v.optional(whole(0), 0),
  beta1: v.optional(beta, 0.9),
  beta2: v.optional(beta, 0.999),
  epsilon: v.optional(v.pipe(finite, v.gtValue(0)), 1e-8),
  weightDecay: v.optional(notNegative, 0),
  /** Largest global gradient norm; 0: no clip. */
  clipNorm: v.optional(notNegative, 1),
});

const updateSchema = v.strictObject({
  /** mu: passes over the step's rollouts. */
  innerEpochs: v.optional(whole(1, 64), 1),
  /** Optimiser steps in one pass; whole groups are dealt to them. */
  miniBatches: v.optional(whole(1, 1024), 1),
  /** Tokens (prompts included) in one forward and backward; bounds memory, changes nothing else. */
  microBatchTokens: v.optional(whole(1), 16_384),
});

/**
 * What a run samples with when its config says nothing of sampling (ours). The queue is kept and longer than a batch of
 * rollouts: rollouts are drawn side by side, so a shorter window would hold the entropies of one position only, and an
 * empty one begins with first tokens, which all fork.
 */
export const OUR_SAMPLER = {
  queue: { capacity: 10_000, keep: true },
  threshold: { rule: 'floored', coldFraction: 0.6, floorNats: 0.1 },
  temperature: { rule: 'binary', high: 1.2, low: 0.8 },
} as const satisfies v.InferInput<typeof samplerSchema>;

export const runConfigSchema = v.strictObject({
  version: v.optional(v.literal(RUN_CONFIG_VERSION), RUN_CONFIG_VERSION),
  task: v.optional(v.picklist(tasks.map(({ name }) => name)), 'countdown'),
  /** Default: the task's first. */
  difficulty: v.optional(v.nullable(v.string()), null),
  /** Problems, their order and all noise follow from it. */
  seed: v.optional(whole(0), 0),
  /** Groups a step. */
  prompts: v.optional(whole(1, 65_536), 24),
  /** G: rollouts a group. */
  group: v.optional(whole(2, 4096), 8),
  /** Lmax, tokens; default: the longest completion of the task. */
  maxNewTokens: v.optional(v.nullable(whole(1, 1_000_000)), null),
  sampler: v.optional(samplerSchema, OUR_SAMPLER),
  schedules: v.optional(schedulesSchema, {}),
  loss: v.optional(lossSchema, {}),
  lossTemperature: v.optional(lossTemperatureSchema, {}),
  optimizer: v.optional(optimizerSchema, {}),
  update: v.optional(updateSchema, {}),
  /** Steps between checkpoints that are kept; 0: only the last. */
  checkpointEvery: v.optional(whole(0), 20),
});

export type RunConfigInput = v.InferInput<typeof runConfigSchema>;
type ParsedConfig = v.InferOutput<typeof runConfigSchema>;

/** A checked config with every default filled in. */
export interface RunConfig extends ParsedConfig {
  readonly difficulty: string;
  readonly maxNewTokens: number;
}

/** Thrown for a config that cannot be run; the message is one sentence. */
export class RunConfigError extends Error {
  override readonly name = 'RunConfigError';
}

const partial = v.looseObject({ sampler: v.looseObject({}) });

/** A sampler that leaves out its queue, threshold or temperature rule gets ours, as a config without a sampler does. */
function withOurSampler(input: unknown): unknown {
  if (!v.is(partial, input)) return input;
  return { ...input, sampler: { ...OUR_SAMPLER, ...input.sampler } };
}

const STEERED: Readonly<Record<SamplerConfig['temperature']['rule'], readonly (keyof ParsedConfig['schedules'])[]>> = {
  binary: ['high', 'low'],
  rank: ['high', 'low'],
  fixed: ['tau'],
  edt: ['tau'],
};

/**
 * Fills in defaults and checks.
 * @throws RunConfigError naming the field and what is accepted
 */
export function parseRunConfig(input: unknown): RunConfig {
  const result = v.safeParse(runConfigSchema, withOurSampler(input));
  if (!result.success) {
    const issue = result.issues[0];
    const field = issue.path?.map((p) => String(p.key)).join('.') ?? 'the run config';
    throw new RunConfigError(`${field} is not accepted: ${issue.message.replace(/\.$/, '')}.`);
  }
  const config = result.output;
  const task = taskByName(config.task);
  const difficulties = Object.keys(task.difficulties);
  const difficulty = config.difficulty ?? difficulties[0]!;
  if (!difficulties.includes(difficulty))
    throw new RunConfigError(
      `difficulty is not accepted: ${task.title} has ${difficulties.join(', ')}, not ${JSON.stringify(difficulty)}.`,
    );
  const { rule } = config.sampler.temperature;
  for (const [name, schedule] of Object.entries(config.schedules))
    if (schedule !== null && !STEERED[rule].some((steered) => steered === name))
      throw new RunConfigError(
        `schedules.${name} is not accepted: the ${rule} rule has ${STEERED[rule].join(' and ')} to steer.`,
      );
  try {
    parseSamplerConfig(config.sampler, 'training');
  } catch (cause) {
    if (cause instanceof SamplerConfigError) throw new RunConfigError(`sampler: ${cause.message}`);
    throw cause;
  }
  if (config.update.miniBatches > config.prompts)
    throw new RunConfigError(
      `update.miniBatches is not accepted: ${config.prompts} groups cannot be dealt to ${config.update.miniBatches} mini-batches.`,
    );
  return { ...config, difficulty, maxNewTokens: config.maxNewTokens ?? task.maxCompletion };
}
