// What a trainer writes into a checkpoint's `extra`, beside the weights, moments, noise and queues that checkpoints have
// places for already: with it a run goes on bit for bit, also from the middle of a step.

import * as v from 'valibot';
import { describeIssue, type JsonValue } from '../policy/strictJson.ts';
import { annotationSchema, changedConfig } from './liveChange.ts';
import type { RunConfig } from './runConfig.ts';
import { differences } from './runIdentity.ts';
import { type Annotation, STAGES } from './stages.ts';
import { collectedSchema, countersSchema, scoredSchema, temperaturesSchema } from './stepUnderWay.ts';

const SAVED_RUN_VERSION = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const savedRunSchema = v.strictObject({
  kind: v.literal('grpo-run'),
  version: v.literal(SAVED_RUN_VERSION),
  /** The run's config as it began; what was changed since are the annotations. */
  config: v.unknown(),
  /** ProblemSource.label */
  source: v.string(),
  /** weightsChecksum of the parameters that the run started from. */
  baseCrc32: v.string(),
  annotations: v.array(annotationSchema),
  step: whole,
  next: v.picklist(STAGES),
  counters: countersSchema,
  /** Of the last finished step; null before the first. */
  memory: v.nullable(v.strictObject({ temperatures: temperaturesSchema, entropyNats: finite })),
  collected: v.nullable(collectedSchema),
  scored: v.nullable(scoredSchema),
});

export type SavedRun = Omit<v.InferOutput<typeof savedRunSchema>, 'kind' | 'version' | 'config'> & {
  readonly config: RunConfig;
};

/** Thrown for a checkpoint that this run cannot go on from; the message is one sentence. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
}

export function writeSavedRun(run: SavedRun): JsonValue {
  // Through the text, so that what stays in memory is not what a later stage might change.
  return JSON.parse(JSON.stringify({ kind: 'grpo-run', version: SAVED_RUN_VERSION, ...run }));
}

/**
 * Reads what writeSavedRun wrote, for a run of this config and source.
 * @throws ResumeError when it is something else, or of another run
 */
export function readSavedRun(extra: JsonValue, config: RunConfig, source: string): SavedRun {
  const result = v.safeParse(savedRunSchema, extra);
  if (!result.success)
    throw new ResumeError(
      `The checkpoint was not saved by this trainer: ${describeIssue(result.issues, 'its state')}.`,
    );
  const { kind: _, version: __, ...saved } = result.output;
  const different = differences(saved.config, config)[0];
  if (different !== undefined)
    throw new ResumeError(`The checkpoint belongs to a run of another config: it differs in ${different.field}.`);
  if (saved.source !== source)
    throw new ResumeError(`The checkpoint belongs to a run on the problems ${saved.source}, not ${source}.`);
  const needed = { collect: [false, false], score: [true, false], update: [true, true] }[saved.next];
  if ((saved.collected !== null) !== needed[0] || (saved.scored !== null) !== needed[1])
    throw new ResumeError(`The checkpoint says that ${saved.next} comes next, but holds another stage's rollouts.`);
  return { ...saved, config };
}

/** The config of a run after all of its live changes. @throws RunConfigError when one does not fit */
export function withAnnotations(config: RunConfig, annotations: readonly Annotation[]): RunConfig {
  return annotations.reduce((current, { step: _, stage: __, ...change }) => changedConfig(current, change), config);
}
