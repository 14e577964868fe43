// What the rows of a group have drawn, and what follows from it: rollouts as they are shown, and the entropy queues.

import type { Rollout } from '../policy/engine.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import { queueMembers } from '../temperature/samplerStructure.ts';
import type { TokenRecord } from './machine.ts';

/** One row's tokens. Immutable: a branch shares the past of its parent. */
export interface RowLog {
  readonly records: readonly TokenRecord[];
  /** A stop token, or as many tokens as there may be. */
  readonly isDone: boolean;
}

export interface RowEnd {
  readonly stopTokens: readonly number[];
  readonly maxNewTokens: number;
}

export function rowLog(records: readonly TokenRecord[], { stopTokens, maxNewTokens }: RowEnd): RowLog {
  const last = records.at(-1);
  const isStopped = last !== undefined && stopTokens.includes(last.id);
  return { records, isDone: isStopped || records.length >= maxNewTokens };
}

/** A row as the engines of the small policies return it. */
export function rolloutOf(
  { records }: RowLog,
  row: number,
  promptIds: Int32Array,
  stopTokens: readonly number[],
): Rollout {
  const last = records.at(-1);
  const floats = (field: Exclude<keyof TokenRecord, 'id'>) => Float32Array.from(records, (record) => record[field]);
  return {
    row,
    group: 0,
    promptIds,
    finished: last !== undefined && stopTokens.includes(last.id),
    ids: Int32Array.from(records, ({ id }) => id),
    entropyNats: floats('entropyNats'),
    thresholdNats: floats('thresholdNats'),
    queueLength: Int32Array.from(records, (record) => record.queueLength),
    hot: Uint8Array.from(records, ({ hot }) => hot),
    tau: floats('tau'),
    logpTau: floats('logpTau'),
    logp1: floats('logp1'),
  };
}

/**
 * The entropy queues after the tokens so far, oldest first: every step pushes the entropies of its live rows in row
 * order, whatever was forced, so they need not be kept anywhere.
 */
export function queuesAfter(
  rows: readonly RowLog[],
  { queue }: SamplerConfig,
  before: readonly ArrayLike<number>[],
): number[][] {
  const members = queueMembers(queue.scope, new Int32Array(rows.length));
  const queues = Array.from({ length: members.queues }, (_, i) => Array.from(before[i] ?? []));
  const steps = rows.reduce((most, { records }) => Math.max(most, records.length), 0);
  for (let step = 0; step < steps; step++)
    rows.forEach(({ records }, row) => {
      const record = records[step];
      if (record !== undefined) queues[members.queueOfRow[row]!]!.push(record.entropyNats);
    });
  return queues.map((list) => list.slice(-queue.capacity));
}
