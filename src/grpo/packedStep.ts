// A scored step as packed arrays, and the cuts of it: mini-batches of whole groups for the loss, micro-batches of few
// tokens for the engine.

import { packRows, rowsOf, splitRows } from '../policy/batch.ts';
import type { PolicyEngine, TokenBatch } from '../policy/engine.ts';
import { type ScoringBatch, scoringBatch, truncatedWeights } from './lossTemperature.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import type { RunConfig } from './runConfig.ts';
import { type Scored, type ScoredRollout, scoredRollouts } from './stepUnderWay.ts';

/** Lets the event loop turn, so that an abort and other messages arrive between two engine calls; throws once aborted. */
export async function turn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/**
 * Rollouts as one batch.
 * @param tau tau_t as the rule asked for it, or the temperatures to score at when `mode` is 'on-policy'
 */
export function packRollouts(
  mode: RunConfig['lossTemperature']['mode'],
  rollouts: readonly RolloutRecord[],
  tau: readonly (readonly number[])[],
): ScoringBatch {
  return scoringBatch(
    mode,
    rollouts.map(({ promptIds, ids, tau: drawn, logpTau }) => ({
      promptIds: Int32Array.from(promptIds),
      ids: Int32Array.from(ids),
      tau: Float32Array.from(drawn),
      logpTau: Float32Array.from(logpTau),
    })),
    tau.map((list) => Float32Array.from(list)),
  );
}

/** Numbers of generated tokens, one list a row, laid out as the batch; 0 in prompts. */
function packTokens({ rowStart }: TokenBatch, lists: readonly (readonly number[])[]): Float64Array {
  const out = new Float64Array(rowStart.at(-1)!);
  // A row ends with its completion.
  lists.forEach((list, row) => {
    out.set(list, rowStart[row + 1]! - list.length);
  });
  return out;
}

/** What packTokens laid out, as lists again; lengths as in `rollouts`. */
export function unpackTokens(
  { rowStart }: TokenBatch,
  rollouts: readonly Pick<RolloutRecord, 'ids'>[],
  values: ArrayLike<number>,
): number[][] {
  return rollouts.map(({ ids }, row) => ids.map((_, t) => values[rowStart[row + 1]! - ids.length + t]! + 0));
}

/** Everything that the loss reads, aligned with batch.ids. */
export interface PackedStep {
  readonly batch: ScoringBatch;
  readonly rollouts: readonly ScoredRollout[];
  readonly advantage: Float64Array;
  /** Nats, at the scored temperature, before the update. */
  readonly logpOld: Float64Array;
  /** Nats, at tau 1, before the update. */
  readonly entropyNats: Float64Array;
  readonly logpReference: Float64Array | null;
  /** Of truncated importance sampling; null in the other modes. */
  readonly weight: Float64Array | null;
}

/** Packs a scored step; temperatures are those it was scored at, whatever the settings have become since. */
export function packStep(scored: Scored, { lossTemperature }: Pick<RunConfig, 'lossTemperature'>): PackedStep {
  const rollouts = scoredRollouts(scored.rollouts);
  const batch = packRollouts(
    'on-policy',
    rollouts,
    rollouts.map((o) => o.scored.scoredTau),
  );
  const pack = (lists: readonly (readonly number[])[]) => packTokens(batch, lists);
  const logpOld = pack(rollouts.map((o) => o.scored.logpOld));
  const truncated = lossTemperature.mode === 'truncated';
  return {
    batch,
    rollouts,
    advantage: pack(rollouts.map(({ ids, scored: { advantage } }) => ids.map(() => advantage))),
    logpOld,
    entropyNats: pack(scored.entropyNats),
    logpReference: scored.logpReference === null ? null : pack(scored.logpReference),
    weight: truncated ? truncatedWeights(batch, logpOld, lossTemperature.largestWeight) : null,
  };
}

/** Rows [from, to) and their tokens [first, end). */
export interface MiniBatch {
  readonly rows: readonly [from: number, to: number];
  readonly tokens: readonly [first: number, end: number];
}

/** Deals whole groups, in order, to as many mini-batches as asked for, or as there are groups. */
export function miniBatches({ batch, rollouts }: Pick<PackedStep, 'batch' | 'rollouts'>, count: number): MiniBatch[] {
  const starts = [...rollouts.keys()].filter((row) => row === 0 || rollouts[row]!.group !== rollouts[row - 1]!.group);
  const bounds = [...starts, rollouts.length];
  const parts = Math.min(count, starts.length);
  return Array.from({ length: parts }, (_, part) => {
    const at = (p: number) => bounds[Math.floor((p * starts.length) / parts)]!;
    const rows = [at(part), at(part + 1)] as const;
    return { rows, tokens: [batch.rowStart[rows[0]]!, batch.rowStart[rows[1]]!] };
  });
}

/** These rows of a batch, with their part of `values`. */
export function selectRows(
  batch: TokenBatch,
  rows: readonly number[],
  values: Float64Array,
): { readonly batch: TokenBatch; readonly values: Float32Array } {
  const span = (row: number) => [batch.rowStart[row]!, batch.rowStart[row + 1]!] as const;
  const packed = packRows(rows.map((row) => batch.ids.subarray(...span(row))));
  const tau = new Float32Array(packed.ids.length);
  const selected = new Float32Array(packed.ids.length);
  rows.forEach((row, r) => {
    tau.set(batch.tau.subarray(...span(row)), packed.rowStart[r]!);
    selected.set(values.subarray(...span(row)), packed.rowStart[r]!);
  });
  return { batch: { ...packed, tau }, values: selected };
}

export interface MicroBatchOptions {
  readonly microBatchTokens: number;
  readonly signal?: AbortSignal | undefined;
  /** Share that is done, in [0, 1]. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Visits a batch in parts of at most microBatchTokens tokens (a longer row stands alone), and turns between them. */
export async function forEachMicroBatch(
  batch: TokenBatch,
  { microBatchTokens, signal, onProgress }: MicroBatchOptions,
  visit: (part: TokenBatch, first: number, end: number) => Promise<void>,
): Promise<void> {
  for (const rows of splitRows(batch.rowStart, microBatchTokens)) {
    await turn(signal);
    const [first, end] = [batch.rowStart[rows[0]]!, batch.rowStart[rows[1]]!];
    await visit(rowsOf(batch, rows), first, end);
    onProgress?.(end / batch.ids.length);
  }
}

export interface StepScores {
  readonly logpTau: Float32Array;
  readonly entropyNats: Float32Array;
}

/** Scores of a whole batch, by micro-batches. */
export async function scoreBatch(
  engine: PolicyEngine,
  batch: TokenBatch,
  options: MicroBatchOptions,
): Promise<StepScores> {
  const scores = {
    logpTau: new Float32Array(batch.ids.length),
    entropyNats: new Float32Array(batch.ids.length),
  };
  await forEachMicroBatch(batch, options, async (part, first) => {
    const { logpTau, entropyNats } = await engine.score(part);
    scores.logpTau.set(logpTau, first);
    scores.entropyNats.set(entropyNats, first);
  });
  return scores;
}
