// An experiment on a language model as it is, without training: questions, and arms that differ in how tokens are drawn.
//
//   cells = questions x arms      each n rollouts of one question by one arm
//
// Paired: all arms draw the same question with the same noise, so that arms are compared question by question. Cells are
// drawn question by question, all arms of a question behind each other: pairs are whole early, and the model reads a
// question once. A cell depends on nothing but the experiment, and, where the arm's entropy queue is kept from group to
// group, on the queue as the arm's last cell left it, which is stored with that cell.

import * as v from 'valibot';
import { describeIssue } from '../../policy/strictJson.ts';
import { taskByName, tasks } from '../../tasks/index.ts';
import { parseSamplerConfig, SamplerConfigError } from '../../temperature/config.ts';
import { samplerSchema } from '../../temperature/schema.ts';

export const MODEL_EXPERIMENT_VERSION = 1;
/** As many rows as a session steps together at most. */
const MOST_TOGETHER = 64;

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= least && value <= most,
      `a whole number from ${least} to ${most} is needed`,
    ),
  );
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));
const unique = <T>(of: (item: T) => unknown, what: string) =>
  v.check((list: T[]) => new Set(list.map(of)).size === list.length, `${what} must differ from each other`);

/** Who judges an answer. */
const checkSchema = v.variant('kind', [
  /** Compared as mathematics (src/llm/problems). */
  v.strictObject({ kind: v.literal('math'), answer: v.string() }),
  /** A held-out problem of a task, by its own verifier. */
  v.strictObject({
    kind: v.literal('task'),
    task: v.picklist(tasks.map((task) => task.name)),
    difficulty: v.string(),
    seed: whole(0, Number.MAX_SAFE_INTEGER),
    index: whole(0, Number.MAX_SAFE_INTEGER),
  }),
]);

const questionSchema = v.strictObject({
  id: name,
  /** Distributions are shown by it. */
  domain: name,
  /** As people and records read it. */
  words: v.string(),
  /** As the model is asked: through its chat template, or as it stands. */
  prompt: v.union([
    v.strictObject({ system: v.exactOptional(v.string()), user: v.string() }),
    v.strictObject({ text: v.string() }),
  ]),
  /** Sampling its last token ends a rollout too; null: the model's own end tokens alone. */
  stopText: v.nullable(v.string()),
  check: checkSchema,
});

const modelExperimentSchema = v.strictObject({
  version: v.optional(v.literal(MODEL_EXPERIMENT_VERSION), MODEL_EXPERIMENT_VERSION),
  name,
  /** Which weights: cells of others are never mixed in. */
  model: v.strictObject({ name, dtype: name, weightsBytes: whole(0, Number.MAX_SAFE_INTEGER) }),
  questions: v.pipe(
    v.array(questionSchema),
    v.minLength(1),
    v.maxLength(10_000),
    unique(({ id }) => id, 'the ids of the questions'),
  ),
  /** The first is what the others are compared with. */
  arms: v.pipe(
    v.array(v.strictObject({ name, sampler: samplerSchema })),
    v.minLength(1),
    v.maxLength(12),
    unique(({ name: label }) => label, 'the names of the arms'),
  ),
  /** n: rollouts of a cell. */
  rollouts: whole(1, 1024),
  /** Rollouts that are stepped together at most; bounds memory. */
  together: v.optional(whole(1, MOST_TOGETHER), 8),
  maxNewTokens: whole(1, 65_536),
  seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
});

export type ModelExperiment = v.InferOutput<typeof modelExperimentSchema>;
export type ModelExperimentInput = v.InferInput<typeof modelExperimentSchema>;
export type ModelQuestion = ModelExperiment['questions'][number];
export type ModelArm = ModelExperiment['arms'][number];
export type ModelIdentity = ModelExperiment['model'];

/** Thrown for an experiment that cannot be run; the message is one sentence. */
export class ModelExperimentError extends Error {
  override readonly name = 'ModelExperimentError';
}

/**
 * Fills in defaults and checks.
 * @param where opens the message, such as a file's name
 * @throws ModelExperimentError naming the field and what is accepted
 */
export function parseModelExperiment(input: unknown, where = 'the experiment'): ModelExperiment {
  const result = v.safeParse(modelExperimentSchema, input);
  if (!result.success) throw new ModelExperimentError(`${where}: ${describeIssue(result.issues, 'the experiment')}.`);
  const experiment = result.output;
  for (const [at, { name: arm, sampler }] of experiment.arms.entries())
    try {
      parseSamplerConfig(sampler, 'evaluation');
    } catch (cause) {
      if (!(cause instanceof SamplerConfigError)) throw cause;
      throw new ModelExperimentError(`${where}: arms.${at} ("${arm}"): ${cause.message}`, { cause });
    }
  for (const { check } of experiment.questions) {
    if (check.kind !== 'task') continue;
    const { difficulties } = taskByName(check.task);
    if (!Object.hasOwn(difficulties, check.difficulty))
      throw new ModelExperimentError(
        `${where}: the task ${check.task} has no difficulty "${check.difficulty}": choose ${Object.keys(difficulties).join(', ')}.`,
      );
  }
  return experiment;
}

/** One cell, by indices into the experiment's lists. */
export interface ModelCell {
  readonly question: number;
  readonly arm: number;
}

/** All cells, in the order in which they are drawn. */
export function modelCellsOf({ questions, arms }: Pick<ModelExperiment, 'questions' | 'arms'>): ModelCell[] {
  return questions.flatMap((_, question) => arms.map((__, arm) => ({ question, arm })));
}

/** Least common multiple. */
function commonTurn(a: number, b: number): number {
  let [high, low] = [a, b];
  while (low > 0) [high, low] = [low, high % low];
  return (a / high) * b;
}

/** `count` rollouts of a cell, from `from` on, that are drawn together with noise stream `stream`. */
export interface CellBatch {
  readonly from: number;
  readonly count: number;
  readonly stream: number;
}

/**
 * The batches of a question's cells, the same in all arms, so that rollout i of each has the same noise. Cut at whole
 * turns of all ladders where they fit, so that every rollout keeps its place on them.
 */
export function batchesOf(
  { rollouts, together, arms }: Pick<ModelExperiment, 'rollouts' | 'together' | 'arms'>,
  question: number,
): readonly CellBatch[] {
  const turn = arms.reduce((common, { sampler }) => commonTurn(common, sampler.ladder.offsets.length), 1);
  const most = together - (turn <= together ? together % turn : 0);
  return Array.from({ length: Math.ceil(rollouts / most) }, (_, batch) => ({
    from: batch * most,
    count: Math.min(most, rollouts - batch * most),
    stream: question * rollouts + batch,
  }));
}
