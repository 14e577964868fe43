// Attention over packed rows, forward and backward, against float64: every row length from 1 to 70, grouped heads, head
// widths that are and are not multiples of 4, and tiles of 1, 2 and 4 tokens.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { groupsOf } from '../gpu/plan.ts';
import { attention, attentionBackward } from '../reference/attention.ts';
import { attentionTiles, TILE_WORDS } from './batch.ts';
import type { PolicyConfig } from './config.ts';
import { attentionConstants } from './gpuSizes.ts';
import { columnsOf, float64, numbers, raggedRows, runKernel, worstError } from './kernelTesting.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const LONGEST = 70;
const EVERY_LENGTH = Array.from({ length: LONGEST }, (_, i) => i + 1);
const FEW_LENGTHS = [70, 1, 2, 3, 4, 5, 33, 64];
const TOLERANCE = 1e-5;

/** Places float64 columns into rows of `stride`. */
function place(columns: Float64Array, width: number, into: Float64Array, stride: number, at: number): void {
  columns.forEach((value, i) => {
    into[Math.floor(i / width) * stride + at + (i % width)] = value;
  });
}

describe.each([
  { heads: 2, kvHeads: 1, headWidth: 2, tileRows: 4, lengths: EVERY_LENGTH },
  { heads: 4, kvHeads: 2, headWidth: 4, tileRows: 1, lengths: EVERY_LENGTH },
  { heads: 3, kvHeads: 1, headWidth: 6, tileRows: 2, lengths: EVERY_LENGTH },
  { heads: 2, kvHeads: 2, headWidth: 16, tileRows: 2, lengths: EVERY_LENGTH },
  { heads: 2, kvHeads: 2, headWidth: 16, tileRows: 4, lengths: FEW_LENGTHS },
  { heads: 6, kvHeads: 2, headWidth: 64, tileRows: 1, lengths: FEW_LENGTHS },
])('attention, $heads heads in $kvHeads groups of width $headWidth, tiles of $tileRows', (shape) => {
  const { heads, kvHeads, headWidth, tileRows, lengths } = shape;
  const config = { heads, kvHeads, headWidth } as PolicyConfig;
  const q = heads * headWidth;
  const kv = kvHeads * headWidth;
  const stride = q + 2 * kv;
  const { tokens, rowStart, ranges, sizes } = raggedRows(lengths);
  const tiles = attentionTiles(rowStart, tileRows);
  const tileCount = tiles.length / TILE_WORDS;
  // Three times the usual size: softmaxes from nearly flat to nearly certain.
  const qkv = numbers(tokens * stride, 1).map((x) => 3 * x);
  const dOutput = numbers(tokens * q, 2);

  /** Output, lse and dqkv of the whole batch in float64. */
  function expected() {
    const output = new Float64Array(tokens * q);
    const lse = new Float64Array(tokens * heads);
    const dqkv = new Float64Array(tokens * stride);
    for (const [from, to] of ranges) {
      const row = qkv.subarray(from * stride, to * stride);
      const [rowQ, rowK, rowV] = [
        columnsOf(row, stride, 0, q),
        columnsOf(row, stride, q, kv),
        columnsOf(row, stride, q + kv, kv),
      ];
      const trace = attention(config, rowQ, rowK, rowV);
      output.set(trace.output, from * q);
      const length = to - from;
      for (let t = 0; t < length; t++)
        for (let h = 0; h < heads; h++) {
          // log of the softmax's denominator: the score of a key less the log of its weight.
          const kAt = Math.floor(h / (heads / kvHeads)) * headWidth;
          let score = 0;
          for (let i = 0; i < headWidth; i++) score += rowQ[t * q + h * headWidth + i]! * rowK[t * kv + kAt + i]!;
          const weight = trace.weights[(h * length + t) * length + t]!;
          lse[(from + t) * heads + h] = score / Math.sqrt(headWidth) - Math.log(weight);
        }
      const dRow = float64(dOutput.subarray(from * q, to * q));
      const { dq, dk, dv } = attentionBackward(config, rowQ, rowK, rowV, trace.weights, dRow);
      const dRows = dqkv.subarray(from * stride, to * stride);
      place(dq, q, dRows, stride, 0);
      place(dk, kv, dRows, stride, q);
      place(dv, kv, dRows, stride, q + kv);
    }
    return { output, lse, dqkv };
  }

  it('is the float64 softmax forward, and its gradient backward', async () => {
    const want = expected();
    const constants = { ...attentionConstants(config), ROWS: tileRows };
    const given = [['uniform', sizes(tileCount)] as const, ['read', tiles] as const, ['read', qkv] as const];
    const [output, lse] = await runKernel(
      gpu,
      'attention.wgsl',
      constants,
      [...given, ['write', new Float32Array(tokens * q)], ['write', new Float32Array(tokens * heads)]],
      [groupsOf(tileCount, 32), heads, 1],
    );
    expect(worstError(output!, want.output), 'output').toBeLessThan(TOLERANCE);
    expect(worstError(lse!, want.lse), 'lse').toBeLessThan(TOLERANCE);

    const [delta, dq] = await runKernel(
      gpu,
      'attention_backward_q.wgsl',
      constants,
      [
        ...given,
        ['read', output!],
        ['read', lse!],
        ['read', dOutput],
        ['write', new Float32Array(tokens * heads)],
        ['write', new Float32Array(tokens * stride)],
      ],
      [groupsOf(tileCount, 32), heads, 1],
    );
    const [dqkv] = await runKernel(
      gpu,
      'attention_backward_kv.wgsl',
      constants,
      [...given, ['read', lse!], ['read', delta!], ['read', dOutput], ['write', dq!]],
      [groupsOf(tileCount, 32), kvHeads, 1],
    );
    for (const [name, from, width] of [
      ['dq', 0, q],
      ['dk', q, kv],
      ['dv', q + kv, kv],
    ] as const) {
      const got = Float32Array.from(columnsOf(dqkv!, stride, from, width));
      expect(worstError(got, columnsOf(want.dqkv, stride, from, width)), name).toBeLessThan(TOLERANCE);
    }
  });
});
