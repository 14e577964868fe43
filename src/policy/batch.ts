// A packed batch as the kernels read it: positions, attention tiles and the buckets of the embedding gradient.

import type { TokenBatch } from './engine.ts';

/** Thrown for a batch that no engine can run; one sentence. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
}

/** @throws BatchError when the batch is not well formed for this vocabulary. */
export function checkBatch(batch: TokenBatch, vocabulary: number, maxPositions: number): void {
  const { ids, rowStart, tau } = batch;
  if (rowStart.length < 2 || rowStart[0] !== 0 || rowStart.at(-1) !== ids.length)
    throw new BatchError('A batch needs at least one row, with rowStart from 0 to the number of tokens.');
  if (tau.length !== ids.length)
    throw new BatchError(`The batch has ${ids.length} tokens but ${tau.length} temperatures.`);
  for (let row = 0; row + 1 < rowStart.length; row++) {
    const length = rowStart[row + 1]! - rowStart[row]!;
    if (length < 1) throw new BatchError(`Row ${row} of the batch is empty.`);
    if (length > maxPositions)
      throw new BatchError(`Row ${row} has ${length} tokens, but this policy takes at most ${maxPositions}.`);
    for (let i = rowStart[row]!; i < rowStart[row + 1]!; i++) {
      const id = ids[i]!;
      if (id < 0 || id >= vocabulary)
        throw new BatchError(`Row ${row} holds the id ${id}, but this policy has ids 0 to ${vocabulary - 1}.`);
      if (i > rowStart[row]! && !(tau[i]! > 0 && Number.isFinite(tau[i]!)))
        throw new BatchError(`Row ${row} has the temperature ${tau[i]}; it must be a finite number above 0.`);
    }
  }
}

/** Rows of ids laid end to end, and where each begins: ids and rowStart of a TokenBatch. */
export function packRows(rows: readonly ArrayLike<number>[]): Pick<TokenBatch, 'ids' | 'rowStart'> {
  const rowStart = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    rowStart[i + 1] = rowStart[i]! + row.length;
  });
  const ids = new Int32Array(rowStart.at(-1)!);
  rows.forEach((row, i) => {
    ids.set(row, rowStart[i]!);
  });
  return { ids, rowStart };
}

/** Position of every packed token in its row. */
export function positions(rowStart: Int32Array): Uint32Array {
  const out = new Uint32Array(rowStart.at(-1)!);
  for (let row = 0; row + 1 < rowStart.length; row++)
    for (let i = rowStart[row]!; i < rowStart[row + 1]!; i++) out[i] = i - rowStart[row]!;
  return out;
}

/** Words of one attention tile: first token, start and end of its sequence, padding. */
export const TILE_WORDS = 4;

/** Tiles of up to `size` consecutive tokens, none across rows; shaders/attention_tile.wgsl. */
export function attentionTiles(rowStart: Int32Array, size: number): Uint32Array {
  const words: number[] = [];
  for (let row = 0; row + 1 < rowStart.length; row++)
    for (let i = rowStart[row]!; i < rowStart[row + 1]!; i += size)
      words.push(i, rowStart[row]!, rowStart[row + 1]!, 0);
  return Uint32Array.from(words);
}

/** Tokens grouped by id in token order; shaders/embed_backward.wgsl. */
export interface Buckets {
  readonly ids: Uint32Array;
  /** Length ids.length + 1. */
  readonly starts: Uint32Array;
  readonly tokens: Uint32Array;
}

export function tokenBuckets(ids: Int32Array): Buckets {
  const lists = new Map<number, number[]>();
  ids.forEach((id, i) => {
    const list = lists.get(id);
    if (list === undefined) lists.set(id, [i]);
    else list.push(i);
  });
  const order = [...lists.keys()].sort((a, b) => a - b);
  const starts = new Uint32Array(order.length + 1);
  const tokens = new Uint32Array(ids.length);
  let at = 0;
  order.forEach((id, b) => {
    tokens.set(lists.get(id)!, at);
    at += lists.get(id)!.length;
    starts[b + 1] = at;
  });
  return { ids: Uint32Array.from(order), starts, tokens };
}

/**
 * Splits a batch into consecutive groups of rows of at most `most` tokens each (a longer row stands alone).
 * Returns row ranges [from, to).
 */
export function splitRows(rowStart: Int32Array, most: number): (readonly [from: number, to: number])[] {
  const ranges: (readonly [number, number])[] = [];
  let from = 0;
  const rows = rowStart.length - 1;
  for (let row = 1; row <= rows; row++) {
    const fits = row < rows && rowStart[row + 1]! - rowStart[from]! <= most;
    if (fits) continue;
    ranges.push([from, row]);
    from = row;
  }
  return ranges;
}

/** Rows [from, to) of a batch, as a batch of their own. */
export function rowsOf(batch: TokenBatch, [from, to]: readonly [number, number]): TokenBatch {
  const first = batch.rowStart[from]!;
  const end = batch.rowStart[to]!;
  return {
    ids: batch.ids.subarray(first, end),
    rowStart: batch.rowStart.slice(from, to + 1).map((start) => start - first),
    tau: batch.tau.subarray(first, end),
  };
}
