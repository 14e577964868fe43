// base.json: what made a base policy and what it measured, for programs; the model card says the same for people.

import * as v from 'valibot';
import { jsonBytes, parseJsonAs } from '../policy/strictJson.ts';
import type { Evaluation } from './evaluation.ts';
import { type PretrainConfig, pretrainConfigSchema } from './pretrainConfig.ts';

export const BASE_FILE = 'base.json';
export const CARD_FILE = 'README.md';
export const BASE_VERSION = 1;

/** Where the two entropy modes part, nats: the share of tokens below it is told by role. */
export const MODES_PART_AT_NATS = 0.2;

/** How a base is measured: the figures of every card are comparable, and `evaluate` with these gives them again. */
export const MEASURED = { n: 256, prompts: 128, seed: 0, k: [1, 16, 256], taus: [1, 0.6] } as const;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const byRole = <S extends v.GenericSchema>(value: S) =>
  v.object({ fork: v.nullable(value), knowledge: v.nullable(value), format: v.nullable(value) });

const figuresSchema = v.object({
  /** Everywhere this one temperature. */
  tau: v.pipe(v.number(), v.minValue(0)),
  n: count,
  prompts: count,
  seed: count,
  avg: share,
  /** pass@k by k. */
  pass: v.record(v.string(), share),
  /** Share of prompts that argmax solves. */
  greedy: share,
  /** Rollouts by outcome. */
  outcomes: v.record(v.string(), count),
  /** Of the places up to the first illegal token where one token alone is right: the share that has it. */
  knowledgeRight: v.nullable(share),
  /** Mean entropy at tau 1 by true role, nats. */
  entropyNats: byRole(v.number()),
  /** Share of places with an entropy below MODES_PART_AT_NATS. */
  lowEntropyShare: byRole(share),
  /** Tokens a rollout. */
  meanLength: v.number(),
});

export type BaseFigures = v.InferOutput<typeof figuresSchema>;

const baseSchema = v.object({
  version: v.literal(BASE_VERSION),
  config: pretrainConfigSchema,
  /** Fewer than config.steps when the run was interrupted. */
  stepsTaken: count,
  parameters: count,
  engine: v.object({
    /** Version of this project. */
    version: v.string(),
    backend: v.picklist(['webgpu', 'cpu', 'reference']),
    adapter: v.string(),
  }),
  /** SHA-256 of model.safetensors, hexadecimal. */
  weightsSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** One entry a temperature; empty when nothing was measured. */
  figures: v.array(figuresSchema),
});

export interface BaseRecord extends v.InferOutput<typeof baseSchema> {
  readonly config: PretrainConfig;
}

/** The bytes of base.json. */
export function writeBaseRecord(record: BaseRecord): Uint8Array<ArrayBuffer> {
  return jsonBytes(record);
}

/** Reads base.json. @throws JsonError naming the field */
export function readBaseRecord(bytes: Uint8Array, label = BASE_FILE): BaseRecord {
  return parseJsonAs(baseSchema, bytes, label);
}

/** SHA-256 in hexadecimal. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a card tells of an evaluation at one fixed temperature. */
export function baseFigures(evaluation: Evaluation, tau: number): BaseFigures {
  const { n, prompts, seed, avg, pass, greedy, outcomes, knowledgeRight, entropyNats, histogram, meanLength } =
    evaluation;
  const low = Math.round(MODES_PART_AT_NATS / histogram.binNats);
  const sum = (counts: readonly number[]) => counts.reduce((total, each) => total + each, 0);
  const lowShare = (counts: readonly number[]) => (sum(counts) === 0 ? null : sum(counts.slice(0, low)) / sum(counts));
  return {
    tau,
    n,
    prompts,
    seed,
    avg: avg.mean,
    pass: Object.fromEntries(Object.entries(pass).map(([k, interval]) => [k, interval.mean])),
    greedy: greedy.mean,
    outcomes,
    knowledgeRight,
    entropyNats: { fork: entropyNats.fork, knowledge: entropyNats.knowledge, format: entropyNats.format },
    lowEntropyShare: {
      fork: lowShare(histogram.fork),
      knowledge: lowShare(histogram.knowledge),
      format: lowShare(histogram.format),
    },
    meanLength,
  };
}
