// How a base policy is made: one schema, complete defaults, versioned. The task's recipe fills in what is not given.

import * as v from 'valibot';
import { checkPolicyConfig, type PolicyConfig } from '../policy/config.ts';
import { taskTokenizer } from '../policy/taskTokenizer.ts';
import { taskByName, tasks } from '../tasks/index.ts';

/** Thrown for settings that no base can be made with; the message is one sentence. */
export class PretrainConfigError extends Error {
  override readonly name = 'PretrainConfigError';
}

export const PRETRAIN_VERSION = 1;
/** Covers prompt and completion of every task at every difficulty; rotary positions cost nothing. */
const MAX_POSITIONS = 128;

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      `a whole number from ${least} to ${most} is needed`,
    ),
  );
const real = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check((value) => value >= least && value <= most, `a number from ${least} to ${most} is needed`),
  );

const policySchema = v.strictObject({
  layers: whole(1, 64),
  width: whole(2, 4096),
  heads: whole(1, 256),
  kvHeads: whole(1, 256),
  mlpWidth: whole(1, 65_536),
});

export const pretrainConfigSchema = v.strictObject({
  version: v.literal(PRETRAIN_VERSION),
  task: v.picklist(tasks.map((task) => task.name)),
  difficulty: v.string(),
  policy: policySchema,
  /** Key of the weights' noise and of the traces. */
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  steps: whole(1, 10_000_000),
  /** Traces a step. */
  batch: whole(1, 65_536),
  /** Standard deviation of the first weights. */
  initialDeviation: real(0, 1),
  /** Share of traces that are asked to solve their problem; the others are random legal ones. */
  solvingShare: real(0, 1),
  /** The largest, reached after warm-up. */
  learningRate: real(0, 1),
  /** Steps over which the learning rate rises from 0. */
  warmupSteps: whole(0, 1_000_000),
  /** How it falls to 0 from there to the last step. */
  decay: v.picklist(['linear', 'cosine']),
  beta2: real(0, 0.999999),
  weightDecay: real(0, 10),
  clipNorm: real(0, 1_000_000),
});

export type PretrainConfig = v.InferOutput<typeof pretrainConfigSchema>;

type Given = Omit<Partial<PretrainConfig>, 'policy'> & {
  readonly task: string;
  readonly policy?: Partial<PretrainConfig['policy']>;
};

/** Settings as a user writes them: only the task must be there. */
const givenSchema = v.strictObject({
  ...v.partial(pretrainConfigSchema).entries,
  task: pretrainConfigSchema.entries.task,
  policy: v.optional(v.partial(policySchema)),
});

function parsed<S extends v.GenericSchema>(of: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(of, input);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = issue.path?.map((part) => String(part.key)).join('.') ?? 'the settings';
  throw new PretrainConfigError(`${field} is not accepted: ${issue.message.replace(/\.$/, '')}.`);
}

/**
 * Fills in the recipe of the task, and checks.
 * @throws PretrainConfigError naming the field and what is accepted
 */
export function parsePretrainConfig(input: unknown): PretrainConfig {
  const given: Given = parsed(givenSchema, input) as Given;
  const task = taskByName(given.task);
  const { policy: sizes, remark: _, ...recipe } = task.recipe;
  const config = parsed(pretrainConfigSchema, {
    version: PRETRAIN_VERSION,
    seed: 0,
    ...recipe,
    ...given,
    policy: { ...sizes, ...given.policy },
  });
  if (!Object.hasOwn(task.difficulties, config.difficulty))
    throw new PretrainConfigError(
      `difficulty is not accepted: ${task.name} has ${Object.keys(task.difficulties).join(', ')}, not ${JSON.stringify(config.difficulty)}.`,
    );
  return config;
}

/** The shape of the policy that a config makes. @throws PolicyConfigError when its sizes do not fit each other */
export function pretrainPolicy({ task, policy }: PretrainConfig): PolicyConfig {
  return checkPolicyConfig({
    ...policy,
    headWidth: policy.width / policy.heads,
    vocabulary: taskTokenizer(taskByName(task)).size,
    tied: true,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-6,
    maxPositions: MAX_POSITIONS,
  });
}
