// What the sampler's kernels are told by buffers: SamplerGlobals and tables, word by word in the order of
// shaders/sampler_globals.wgsl and shaders/sampler_tables.wgsl.

import { seedWords } from './philox.ts';
import { type QueueMembers, temperaturesOfRows } from './samplerStructure.ts';
import { FRACTION_STEPS, type SamplerConfig } from './schema.ts';

/** Stop tokens that the globals have room for. */
export const MOST_STOP_TOKENS = 16;

const GLOBAL_WORDS = 44;
const FIRST_STOP_WORD = 28;
const ALL_MASS = 2 ** 31;
/** Stands for ln 0. */
const LOWEST = -1e30;

/** What changes from batch to batch. */
export interface BatchSettings {
  readonly seed: number;
  readonly stream: number;
  readonly maxNewTokens: number;
  readonly stopTokens: readonly number[];
  readonly hasForced: boolean;
}

/** Sizes that the kernels are told. */
export interface SamplerSizes {
  readonly rows: number;
  readonly vocabulary: number;
  /** Room for this many records a row. */
  readonly recordsARow: number;
  /** Room for this many entropies a queue. */
  readonly capacity: number;
  readonly splits: number;
  readonly splitVectors: number;
}

/** The words of SamplerGlobals. @throws RangeError for too many stop tokens or a seed that is none. */
export function samplerGlobals(
  config: SamplerConfig,
  sizes: SamplerSizes,
  members: QueueMembers,
  batch: BatchSettings,
): Uint32Array {
  if (batch.stopTokens.length > MOST_STOP_TOKENS)
    throw new RangeError(
      `At most ${MOST_STOP_TOKENS} stop tokens are accepted, but there are ${batch.stopTokens.length}.`,
    );
  const { threshold, temperature, queue, truncation } = config;
  const words = new Uint32Array(GLOBAL_WORDS);
  const floats = new Float32Array(words.buffer);
  const [seedLow, seedHigh] = seedWords(batch.seed);
  words.set([seedLow, seedHigh, batch.stream, batch.maxNewTokens]);
  words.set([sizes.rows, members.queues, sizes.capacity, sizes.recordsARow], 4);
  words.set([sizes.vocabulary, sizes.splits, sizes.splitVectors], 8);
  words[11] = { quantile: 0, 'top-p': 1, absolute: 2, floored: 3 }[threshold.rule];
  words[12] = Math.round(lowerFraction(threshold) * FRACTION_STEPS);
  words[13] = config.tie === 'inclusive' ? 1 : 0;
  floats[14] = threshold.rule === 'absolute' ? threshold.nats : threshold.rule === 'floored' ? threshold.floorNats : 0;
  words[15] = queue.warmup.entropies;
  words[16] = { hot: 0, cold: 1, one: 2 }[queue.warmup.use];
  words[17] = { binary: 0, rank: 1, edt: 2, fixed: 3 }[temperature.rule];
  floats[18] = temperature.rule === 'edt' ? temperature.theta * Math.log2(temperature.n0) : 0;
  floats[19] = temperature.rule === 'edt' ? temperature.least : 0;
  words[20] = truncation.topK;
  words[21] = Math.min(ALL_MASS, Math.ceil(truncation.topP * ALL_MASS));
  floats[22] = truncation.minP > 0 ? Math.log(truncation.minP) : LOWEST;
  words[23] = batch.hasForced ? 1 : 0;
  words[24] = batch.stopTokens.length;
  words.set(batch.stopTokens, FIRST_STOP_WORD);
  return words;
}

/** The rank that the threshold is taken at, as a fraction of n - 1. */
function lowerFraction(threshold: SamplerConfig['threshold']): number {
  switch (threshold.rule) {
    case 'quantile':
    case 'floored':
      return threshold.coldFraction;
    case 'top-p':
      return 1 - threshold.hotFraction;
    case 'absolute':
      return 0;
  }
}

/** Queue starts, members by queue, (hot, cold) by row, queue by row. */
export function samplerTables(config: SamplerConfig, groups: ArrayLike<number>, members: QueueMembers): Uint32Array {
  const { queueOfRow, queues } = members;
  const rows = queueOfRow.length;
  const words = new Uint32Array(queues + 1 + 4 * rows);
  const rowsOfQueue = Array.from({ length: queues }, (): number[] => []);
  queueOfRow.forEach((queue, row) => {
    rowsOfQueue[queue]!.push(row);
  });
  rowsOfQueue.forEach((list, queue) => {
    words.set(list, queues + 1 + words[queue]!);
    words[queue + 1] = words[queue]! + list.length;
  });
  words.set(new Uint32Array(temperaturesOfRows(config, groups).buffer), queues + 1 + rows);
  words.set(queueOfRow, queues + 1 + 3 * rows);
  return words;
}
