// What the sampler's kernels are told by buffers: SamplerGlobals, tables and row states, word by word in the order of
// shaders/sampler_globals.wgsl and shaders/row_state.wgsl.

import { FRACTION_STEPS, type SamplerConfig } from './config.ts';
import { seedWords } from './philox.ts';
import { type QueueMembers, temperaturesOfRows } from './samplerStructure.ts';

/** Stop tokens that the globals have room for. */
export const MOST_STOP_TOKENS = 16;

const GLOBAL_WORDS = 36;
const FIRST_STOP_WORD = 20;
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

/** The words of SamplerGlobals. @throws RangeError for too many stop tokens or a seed that is none. */
export function samplerGlobals(config: SamplerConfig, batch: BatchSettings): Uint32Array {
  if (batch.stopTokens.length > MOST_STOP_TOKENS)
    throw new RangeError(
      `At most ${MOST_STOP_TOKENS} stop tokens are accepted, but there are ${batch.stopTokens.length}.`,
    );
  const { threshold, temperature, queue, truncation } = config;
  const words = new Uint32Array(GLOBAL_WORDS);
  const floats = new Float32Array(words.buffer);
  const [seedLow, seedHigh] = seedWords(batch.seed);
  words[0] = seedLow;
  words[1] = seedHigh;
  words[2] = batch.stream;
  words[3] = batch.maxNewTokens;
  words[4] = { quantile: 0, 'top-p': 1, absolute: 2, floored: 3 }[threshold.rule];
  words[5] = Math.round(lowerFraction(threshold) * FRACTION_STEPS);
  words[6] = queue.order === 'threshold-first' ? 1 : 0;
  words[7] = config.tie === 'inclusive' ? 1 : 0;
  floats[8] = threshold.rule === 'absolute' ? threshold.nats : threshold.rule === 'floored' ? threshold.floorNats : 0;
  words[9] = queue.warmup.entropies;
  words[10] = { hot: 0, cold: 1, one: 2 }[queue.warmup.use];
  words[11] = { binary: 0, rank: 1, edt: 2, fixed: 3 }[temperature.rule];
  floats[12] = temperature.rule === 'edt' ? temperature.theta * Math.log2(temperature.n0) : 0;
  floats[13] = temperature.rule === 'edt' ? temperature.least : 0;
  words[14] = truncation.topK;
  words[15] = Math.min(ALL_MASS, Math.ceil(truncation.topP * ALL_MASS));
  floats[16] = truncation.minP > 0 ? Math.log(truncation.minP) : LOWEST;
  words[17] = batch.hasForced ? 1 : 0;
  words[18] = batch.stopTokens.length;
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
