// The kernels of decoding (embedding of the newest token, filling the cache, attention over it), each against float64.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { groupsOf, linearGrid } from '../gpu/plan.ts';
import { attention } from '../reference/attention.ts';
import { rotate } from '../reference/operations.ts';
import type { PolicyConfig } from './config.ts';
import { attentionConstants, columns, ropeConstants, ropeTable } from './gpuSizes.ts';
import { columnsOf, float64, numbers, runKernel, wholeNumbers, worstError } from './kernelTesting.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

/** Tokens of each row, the newest included, and those that are done and must be left alone (1 done, 2 failed). */
const ROWS = [
  { length: 1, done: 0 },
  { length: 2, done: 0 },
  { length: 70, done: 0 },
  { length: 33, done: 1 },
  { length: 5, done: 0 },
  { length: 0, done: 2 },
  { length: 18, done: 0 },
];
const LENGTH = 70;
const THETA = 10_000;

/** RowState of shaders/row_state.wgsl for every row. */
function states(tokens: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(ROWS.flatMap(({ length, done }, row) => [tokens[row]!, length, 0, done]));
}

it.each([1, 6, 64])('decode_embed takes the newest token’s row of %i, and leaves done rows alone', async (width) => {
  const vocabulary = 11;
  const tokens = wholeNumbers(ROWS.length, vocabulary, 1);
  const table = numbers(vocabulary * width, 2);
  const before = numbers(ROWS.length * width, 3);
  const wide = columns(width);
  const [x] = await runKernel(
    gpu,
    'decode_embed.wgsl',
    { ...wide, ROWS: ROWS.length },
    [
      ['read', states(tokens)],
      ['read', table],
      ['write', before],
    ],
    linearGrid(ROWS.length * wide.COLUMNS),
  );
  const want = ROWS.map(({ done }, row) =>
    done === 0
      ? table.slice(tokens[row]! * width, (tokens[row]! + 1) * width)
      : before.slice(row * width, (row + 1) * width),
  );
  expect([...x!]).toEqual(want.flatMap((row) => [...row]));
});

it.each([
  { heads: 2, kvHeads: 1, headWidth: 2 },
  { heads: 4, kvHeads: 2, headWidth: 6 },
  { heads: 3, kvHeads: 3, headWidth: 16 },
])('decode_cache copies k and v of each row’s prompt: %o', async ({ heads, kvHeads, headWidth }) => {
  const kv = kvHeads * headWidth;
  const stride = heads * headWidth + 2 * kv;
  // Rows 0 and 2 share the prompt of tokens 4 to 8, row 1 copies nothing, row 3 has the first four.
  const prompts = [
    [4, 5],
    [0, 0],
    [4, 5],
    [0, 4],
  ] as const;
  const qkv = numbers(9 * stride, 4);
  const size = prompts.length * kvHeads * LENGTH * headWidth;
  const before = [numbers(size, 5), numbers(size, 6)] as const;
  const vectors = columns(headWidth).COLUMNS;
  const caches = await runKernel(
    gpu,
    'decode_cache.wgsl',
    { ...attentionConstants({ heads, kvHeads, headWidth } as PolicyConfig), LENGTH },
    [
      ['read', Uint32Array.from(prompts.flat())],
      ['read', qkv],
      ['write', before[0]],
      ['write', before[1]],
    ],
    [groupsOf(kvHeads * vectors, 32), 5, prompts.length],
  );
  caches.forEach((cache, which) => {
    const want = before[which]!.slice();
    prompts.forEach(([first, count], row) => {
      for (let p = 0; p < count; p++)
        for (let h = 0; h < kvHeads; h++)
          for (let i = 0; i < headWidth; i++)
            want[((row * kvHeads + h) * LENGTH + p) * headWidth + i] =
              qkv[(first + p) * stride + heads * headWidth + which * kv + h * headWidth + i]!;
    });
    expect(cache).toEqual(want);
  });
});

describe.each([
  { heads: 2, kvHeads: 1, headWidth: 4, lanes: 1, threads: 32 },
  { heads: 2, kvHeads: 1, headWidth: 4, lanes: 32, threads: 32 },
  { heads: 3, kvHeads: 3, headWidth: 6, lanes: 1, threads: 32 },
  { heads: 3, kvHeads: 1, headWidth: 6, lanes: 16, threads: 32 },
  { heads: 4, kvHeads: 2, headWidth: 16, lanes: 1, threads: 32 },
  { heads: 4, kvHeads: 2, headWidth: 16, lanes: 16, threads: 32 },
  { heads: 6, kvHeads: 2, headWidth: 64, lanes: 1, threads: 32 },
  { heads: 6, kvHeads: 2, headWidth: 64, lanes: 16, threads: 32 },
  { heads: 2, kvHeads: 1, headWidth: 128, lanes: 16, threads: 16 },
])('decode_attention of $heads heads in $kvHeads groups of width $headWidth by $lanes lanes', (shape) => {
  const { heads, kvHeads, headWidth, lanes, threads } = shape;
  const config = { heads, kvHeads, headWidth, ropeTheta: THETA } as PolicyConfig;
  const q = heads * headWidth;
  const kv = kvHeads * headWidth;
  const stride = q + 2 * kv;
  const qkv = numbers(ROWS.length * stride, 7).map((x) => 2 * x);
  const cacheSize = ROWS.length * kvHeads * LENGTH * headWidth;
  const before = { keys: numbers(cacheSize, 8).map((x) => 2 * x), values: numbers(cacheSize, 9) };
  const untouched = numbers(ROWS.length * q, 10);

  /** [positions, kvHeads * D] of one row of a cache [rows, kvHeads, LENGTH, D]. */
  function cached(cache: Float32Array, row: number, count: number): Float64Array {
    const out = new Float64Array(count * kv);
    for (let p = 0; p < count; p++)
      for (let h = 0; h < kvHeads; h++)
        for (let i = 0; i < headWidth; i++)
          out[p * kv + h * headWidth + i] = cache[((row * kvHeads + h) * LENGTH + p) * headWidth + i]!;
    return out;
  }

  it('turns, appends and attends as the float64 formulas do; done rows stay', async () => {
    const [keys, values, o] = await runKernel(
      gpu,
      'decode_attention.wgsl',
      {
        ...ropeConstants(config),
        ROWS: ROWS.length,
        LENGTH,
        LANES: lanes,
        THREADS: threads,
        SHARED: lanes > 1,
      },
      [
        ['read', states(ROWS.map(() => 0))],
        ['read', ropeTable(config, LENGTH)],
        ['read', qkv],
        ['write', before.keys],
        ['write', before.values],
        ['write', untouched],
      ],
      [groupsOf(ROWS.length * heads, threads / lanes), 1, 1],
    );
    const wantKeys = before.keys.slice();
    const wantValues = before.values.slice();
    const wantOutput = float64(untouched);
    ROWS.forEach(({ length, done }, row) => {
      if (done !== 0) return;
      const now = length - 1;
      const mine = qkv.subarray(row * stride, (row + 1) * stride);
      const turnedQ = rotate(columnsOf(mine, stride, 0, q), headWidth, q, THETA, now);
      const turnedK = rotate(columnsOf(mine, stride, q, kv), headWidth, kv, THETA, now);
      const newV = columnsOf(mine, stride, q + kv, kv);
      for (let h = 0; h < kvHeads; h++)
        for (let i = 0; i < headWidth; i++) {
          const at = ((row * kvHeads + h) * LENGTH + now) * headWidth + i;
          wantKeys[at] = turnedK[h * headWidth + i]!;
          wantValues[at] = newV[h * headWidth + i]!;
        }
      const allKeys = Float64Array.of(...cached(before.keys, row, now), ...turnedK);
      const allValues = Float64Array.of(...cached(before.values, row, now), ...newV);
      wantOutput.set(attention(config, turnedQ, allKeys, allValues).output, row * q);
    });
    expect(worstError(keys!, wantKeys), 'keys').toBeLessThan(1e-6);
    expect(worstError(values!, wantValues), 'values').toBe(0);
    expect(worstError(o!, wantOutput), 'output').toBeLessThan(1e-5);
  });
});
