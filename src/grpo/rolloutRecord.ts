// A rollout as it is written down: one JSON object a line of rollouts.jsonl. docs/RECORDS.md describes it for others.
//
// Per-token lists all have one entry a generated token. What the engine gave as float32 is written in as few digits as
// read back to the same float32, and the reader rounds to float32: the same bits. The rest is float64, written whole.

import * as v from 'valibot';
import type { Rollout } from '../policy/engine.ts';
import { shortFloat } from '../policy/shortFloat.ts';
import { describeIssue, oneLine } from '../policy/strictJson.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import type { Role } from '../tasks/task.ts';

export const ROLLOUT_RECORD_VERSION = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const numbers = v.array(finite);
const singles = v.array(v.pipe(finite, v.transform(Math.fround)));

/** What scoring and the update add. */
const scoredSchema = v.strictObject({
  advantage: finite,
  /** Temperature that each token was scored at. */
  scoredTau: singles,
  /** The trainer's log-prob at scoredTau before the update, nats. */
  logpOld: singles,
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
  entropyNats: singles,
  /** H_th, nats; null where the queue was empty. */
  thresholdNats: v.array(v.nullable(v.pipe(finite, v.transform(Math.fround)))),
  queueLength: v.array(whole),
  hot: v.array(v.picklist([0, 1])),
  tau: singles,
  logpTau: singles,
  logp1: singles,
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
export type ScoredRecord = NonNullable<RolloutRecord['scored']>;

/** Thrown for a line that is no rollout record; the message is one sentence that begins with where it stands. */
export class RolloutRecordError extends Error {
  override readonly name = 'RolloutRecordError';
}

const PER_TOKEN = ['entropyNats', 'thresholdNats', 'queueLength', 'hot', 'tau', 'logpTau', 'logp1', 'role'] as const;
const PER_SCORED_TOKEN = ['scoredTau', 'logpOld', 'ratio', 'clipSide', 'gradientShare'] as const;
/** Written short; all others are written as they are. */
const SINGLES: ReadonlySet<string> = new Set([
  'entropyNats',
  'thresholdNats',
  'tau',
  'logpTau',
  'logp1',
  'scoredTau',
  'logpOld',
] satisfies (keyof RolloutRecord | keyof ScoredRecord)[]);

/** What is known of a rollout beside the engine's own record. */
export interface RolloutContext
  extends Pick<
    RolloutRecord,
    'task' | 'step' | 'group' | 'member' | 'prompt' | 'completion' | 'ladderOffset' | 'reward' | 'outcome' | 'scored'
  > {
  /** One entry a generated token. */
  readonly role: readonly (Role | null)[];
}

/** JSON has no negative zero. */
const plain = (values: Float32Array) => Array.from(values, (x) => x + 0);

/** The record of a rollout; its numbers are the engine's, bit for bit, but for the sign of zero. @throws RangeError for roles of another length */
export function recordOfRollout(rollout: Rollout, context: RolloutContext): RolloutRecord {
  const { task, step, group, member, prompt, completion, role, ladderOffset, reward, outcome, scored } = context;
  if (role.length !== rollout.ids.length)
    throw new RangeError(`The rollout has ${rollout.ids.length} tokens, but ${role.length} roles are given.`);
  return {
    version: ROLLOUT_RECORD_VERSION,
    task,
    step,
    group,
    member,
    prompt,
    completion,
    promptIds: [...rollout.promptIds],
    ids: [...rollout.ids],
    finished: rollout.finished,
    entropyNats: plain(rollout.entropyNats),
    thresholdNats: Array.from(rollout.thresholdNats, (nats) => (Number.isNaN(nats) ? null : nats)),
    queueLength: [...rollout.queueLength],
    hot: Array.from(rollout.hot, (hot) => (hot === 1 ? 1 : 0)),
    tau: plain(rollout.tau),
    logpTau: plain(rollout.logpTau),
    logp1: plain(rollout.logp1),
    role: [...role],
    ladderOffset,
    reward,
    outcome,
    scored,
  };
}

/** What the engine gave, bit for bit; `row` is its place in the batch, which a record does not keep. */
export function rolloutOfRecord(record: RolloutRecord, row: number): Rollout {
  return {
    row,
    group: record.group,
    promptIds: Int32Array.from(record.promptIds),
    ids: Int32Array.from(record.ids),
    finished: record.finished,
    entropyNats: Float32Array.from(record.entropyNats),
    thresholdNats: Float32Array.from(record.thresholdNats, (nats) => nats ?? Number.NaN),
    queueLength: Int32Array.from(record.queueLength),
    hot: Uint8Array.from(record.hot),
    tau: Float32Array.from(record.tau),
    logpTau: Float32Array.from(record.logpTau),
    logp1: Float32Array.from(record.logp1),
  };
}

/** A record as one line of JSON, without the newline; parseRolloutRecord reads it back to an equal record. */
export function rolloutRecordLine(record: RolloutRecord): string {
  const shortened = (fields: object) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]: [string, unknown]) => [
        name,
        SINGLES.has(name) ? (value as (number | null)[]).map((x) => (x === null ? null : shortFloat(x))) : value,
      ]),
    );
  return JSON.stringify({
    ...shortened(record),
    scored: record.scored === null ? null : shortened(record.scored),
  });
}

/**
 * Reads and checks one line.
 * @param where opens the message, e.g. 'rollouts.jsonl line 3'
 * @param tokenizer when given, prompt and completion must be what it makes of the ids
 * @throws RolloutRecordError naming the field
 */
export function parseRolloutRecord(
  text: string,
  where: string,
  tokenizer: CharacterTokenizer | null = null,
): RolloutRecord {
  const refuse = (complaint: string) => new RolloutRecordError(oneLine(`${where}: ${complaint}`));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse('it is not valid JSON.');
  }
  const result = v.safeParse(rolloutRecordSchema, json);
  if (!result.success) throw refuse(`${describeIssue(result.issues, 'the line')}.`);
  const record = result.output;
  const tokens = record.ids.length;
  const checkLength = (name: string, list: readonly unknown[]) => {
    if (list.length !== tokens)
      throw refuse(`${name} has ${list.length} entries, but ids has ${tokens}; there must be one for each token.`);
  };
  for (const name of PER_TOKEN) checkLength(name, record[name]);
  if (record.scored !== null) for (const name of PER_SCORED_TOKEN) checkLength(`scored.${name}`, record.scored[name]);
  if (record.promptIds.length === 0) throw refuse('promptIds is empty, but a prompt has at least one token.');
  if (tokenizer !== null) {
    checkText(tokenizer, 'prompt', record.prompt, 'promptIds', record.promptIds, refuse);
    checkText(tokenizer, 'completion', record.completion, 'ids', record.ids, refuse);
  }
  return record;
}

function checkText(
  tokenizer: CharacterTokenizer,
  name: string,
  text: string,
  idsName: string,
  ids: readonly number[],
  refuse: (complaint: string) => RolloutRecordError,
): void {
  const foreign = ids.find((id) => id >= tokenizer.size);
  if (foreign !== undefined)
    throw refuse(
      `${idsName} holds ${foreign}, but this model has ${tokenizer.size} tokens (0 to ${tokenizer.size - 1}).`,
    );
  // A <bos> that the encoder puts first is in the ids, but need not be in the text.
  const readings = [tokenizer.decode(ids, 'keep'), tokenizer.decode(ids, 'drop')];
  if (!readings.includes(text))
    throw refuse(`${name} is ${JSON.stringify(text)}, but ${idsName} reads ${JSON.stringify(readings[0])}.`);
}
