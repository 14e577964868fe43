// The kernels that work row by row of a packed batch (embedding, norm, rope, SwiGLU), each against float64.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { groupsOf, linearGrid } from '../gpu/plan.ts';
import {
  embed,
  embedBackward,
  rmsNorm,
  rmsNormBackward,
  rotate,
  rotateBackward,
  swiglu,
  swigluBackward,
} from '../reference/operations.ts';
import { tokenBuckets } from './batch.ts';
import type { PolicyConfig } from './config.ts';
import { columns, ropeTable } from './gpuSizes.ts';
import { columnsOf, float64, numbers, raggedRows, runKernel, wholeNumbers, worstError } from './kernelTesting.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

/** Single values and vec4s, whole workgroups and parts. */
const WIDTHS = [1, 6, 22, 64, 132];
const BATCHES = [[1], [1, 2, 70, 3, 33, 64, 5]];
/** Rows that the buffers hold beyond the batch, which no kernel may touch. */
const SPARE = 3;
const EPSILON = 1e-5;
const CHUNK = 64;
const TOLERANCE = 2e-6;
/** For sums whose terms cancel. */
const CANCELLING = 1e-5;

describe.each(WIDTHS)('rows of %i', (width) => {
  const wide = columns(width);
  const spare = numbers(SPARE * width, 90);
  /** Rows to be written: what is there before, and behind the batch. */
  const filled = (tokens: number, seed: number) => Float32Array.of(...numbers(tokens * width, seed), ...spare);
  const behind = (rows: Float32Array) => rows.slice(rows.length - SPARE * width);
  const batchPart = (rows: Float32Array) => rows.slice(0, rows.length - SPARE * width);

  it.each(BATCHES)('embed and embed_backward', async (...lengths: number[]) => {
    const { tokens, sizes } = raggedRows(lengths);
    const vocabulary = 17;
    const ids = wholeNumbers(tokens, vocabulary, 1);
    const table = numbers(vocabulary * width, 2);
    const [x] = await runKernel(
      gpu,
      'embed.wgsl',
      wide,
      [
        ['uniform', sizes()],
        ['read', ids],
        ['read', table],
        ['write', filled(tokens, 3)],
      ],
      linearGrid(tokens * wide.COLUMNS),
    );
    const signed = Int32Array.from(ids);
    expect(worstError(batchPart(x!), embed(float64(table), signed, width))).toBe(0);
    expect(behind(x!)).toEqual(spare);

    const dx = numbers(tokens * width, 4);
    const gradient = numbers(vocabulary * width, 5);
    const buckets = tokenBuckets(signed);
    const [dTable] = await runKernel(
      gpu,
      'embed_backward.wgsl',
      wide,
      [
        ['uniform', sizes(0, buckets.ids.length)],
        ['read', buckets.ids],
        ['read', buckets.starts],
        ['read', buckets.tokens],
        ['read', dx],
        ['write', gradient],
      ],
      [groupsOf(wide.COLUMNS, 32), buckets.ids.length, 1],
    );
    const expected = float64(gradient);
    embedBackward(float64(dx), signed, width, expected);
    expect(worstError(dTable!, expected)).toBeLessThan(TOLERANCE);
  });

  it.each(BATCHES)('norm and its gradients', async (...lengths: number[]) => {
    const { tokens, sizes } = raggedRows(lengths);
    const constants = { ...wide, WIDTH: width, EPSILON: { f32: EPSILON } };
    const perToken = [groupsOf(tokens, 32), 1, 1] as const;
    // Rows of very different size, one of them all 0: the norm makes them alike.
    const x = numbers(tokens * width, 6).map((v, i) => v * [1, 30, 0.01, 0][Math.floor(i / width) % 4]!);
    const gain = numbers(width, 7);
    const given = [['uniform', sizes()] as const, ['read', x] as const, ['read', gain] as const];
    const [h, rms] = await runKernel(
      gpu,
      'norm.wgsl',
      constants,
      [...given, ['write', filled(tokens, 8)], ['write', new Float32Array(tokens)]],
      perToken,
    );
    const expected = rmsNorm(float64(x), float64(gain), EPSILON);
    expect(worstError(batchPart(h!), expected)).toBeLessThan(TOLERANCE);
    expect(behind(h!)).toEqual(spare);
    const inverse = Float64Array.from({ length: tokens }, (_, t) => {
      const row = x.subarray(t * width, (t + 1) * width);
      return 1 / Math.sqrt(row.reduce((s, v) => s + v * v, 0) / width + EPSILON);
    });
    expect(worstError(rms!, inverse)).toBeLessThan(TOLERANCE);

    const dh = numbers(tokens * width, 10);
    const dGain = numbers(width, 11);
    const wantedGain = float64(dGain);
    const wanted = rmsNormBackward(float64(x), float64(gain), EPSILON, float64(dh), wantedGain);
    const flow = filled(tokens, 12);
    for (const ACCUMULATE of [false, true]) {
      const [dx] = await runKernel(
        gpu,
        'norm_backward.wgsl',
        { ...constants, ACCUMULATE },
        [...given, ['read', rms!], ['read', dh], ['write', flow]],
        perToken,
      );
      const want = ACCUMULATE ? wanted.map((v, i) => v + flow[i]!) : wanted;
      expect(worstError(batchPart(dx!), want), `accumulate ${ACCUMULATE}`).toBeLessThan(CANCELLING);
      expect(behind(dx!)).toEqual(spare);
    }

    const chunks = groupsOf(tokens, CHUNK);
    const [partials] = await runKernel(
      gpu,
      'norm_gain_backward.wgsl',
      { ...wide, CHUNK },
      [given[0]!, given[1]!, ['read', rms!], ['read', dh], ['write', new Float32Array(chunks * width)]],
      [groupsOf(wide.COLUMNS, 32), chunks, 1],
    );
    const [gainGradient] = await runKernel(
      gpu,
      'add_partials.wgsl',
      { ...wide, CHUNK },
      [given[0]!, ['read', partials!], ['write', dGain]],
      [groupsOf(wide.COLUMNS, 32), 1, 1],
    );
    expect(worstError(gainGradient!, wantedGain)).toBeLessThan(CANCELLING);
  });

  it.each(BATCHES)('swiglu and swiglu_backward', async (...lengths: number[]) => {
    const { tokens, sizes } = raggedRows(lengths);
    // Gates of every size: e^90 is infinite in float32, and must come out as 0, not as NaN.
    const gateUp = numbers(tokens * 2 * width, 13).map((v, i) => v * [1, 8, 90][i % 3]!);
    const grid = linearGrid(tokens * wide.COLUMNS);
    const gate = columnsOf(gateUp, 2 * width, 0, width);
    const up = columnsOf(gateUp, 2 * width, width, width);
    const expected = swiglu(gate, up);
    const [y] = await runKernel(
      gpu,
      'swiglu.wgsl',
      wide,
      [
        ['uniform', sizes()],
        ['read', gateUp],
        ['write', filled(tokens, 14)],
      ],
      grid,
    );
    expect(worstError(batchPart(y!), expected)).toBeLessThan(TOLERANCE);
    expect(behind(y!)).toEqual(spare);

    const dy = numbers(tokens * width, 15);
    const [dGateUp, again] = await runKernel(
      gpu,
      'swiglu_backward.wgsl',
      wide,
      [
        ['uniform', sizes()],
        ['read', gateUp],
        ['read', dy],
        ['write', new Float32Array(tokens * 2 * width)],
        ['write', filled(tokens, 16)],
      ],
      grid,
    );
    const { dGate, dUp } = swigluBackward(gate, up, float64(dy));
    expect(worstError(Float32Array.from(columnsOf(dGateUp!, 2 * width, 0, width)), dGate)).toBeLessThan(TOLERANCE);
    expect(worstError(Float32Array.from(columnsOf(dGateUp!, 2 * width, width, width)), dUp)).toBeLessThan(TOLERANCE);
    expect(worstError(batchPart(again!), expected)).toBeLessThan(TOLERANCE);
    expect(behind(again!)).toEqual(spare);
  });
});

it('kernels of one thread an element reach those beyond the first row of workgroups', async () => {
  const tokens = 64 * 32_768 + 100;
  const ids = wholeNumbers(tokens, 3, 1);
  const table = Float32Array.of(1, 2, 3);
  const [x] = await runKernel(
    gpu,
    'embed.wgsl',
    columns(1),
    [
      ['uniform', Uint32Array.of(tokens)],
      ['read', ids],
      ['read', table],
      ['write', new Float32Array(tokens)],
    ],
    linearGrid(tokens),
  );
  expect(x!.findIndex((value, t) => value !== ids[t]! + 1)).toBe(-1);
});

describe.each([
  [1, 1, 2],
  [4, 2, 4],
  [3, 1, 6],
  [6, 2, 16],
  [2, 2, 64],
])('rope with %i heads, %i kv heads of width %i', (heads, kvHeads, headWidth) => {
  it.each(BATCHES)('turns q and k by their positions, and backward turns them back', async (...lengths: number[]) => {
    const { tokens, sizes, positions, ranges } = raggedRows(lengths);
    const config = { heads, kvHeads, headWidth, ropeTheta: 10_000 } as PolicyConfig;
    const { FOUR, COLUMNS } = columns(headWidth / 2);
    const stride = (heads + 2 * kvHeads) * headWidth;
    const turned = (heads + kvHeads) * headWidth;
    const qkv = numbers(tokens * stride, 17);
    for (const BACKWARD of [false, true]) {
      const [out] = await runKernel(
        gpu,
        'rope.wgsl',
        { FOUR, HALF: COLUMNS, HEADS: heads, KV_HEADS: kvHeads, BACKWARD },
        [
          ['uniform', sizes()],
          ['read', positions],
          ['read', ropeTable(config, 70)],
          ['write', qkv],
        ],
        linearGrid(tokens * (heads + kvHeads) * COLUMNS),
      );
      for (const [from, to] of ranges) {
        const row = (x: Float32Array) => x.subarray(from * stride, to * stride);
        const turn = BACKWARD ? rotateBackward : rotate;
        const want = turn(columnsOf(row(qkv), stride, 0, turned), headWidth, turned, config.ropeTheta);
        const got = Float32Array.from(columnsOf(row(out!), stride, 0, turned));
        expect(worstError(got, want), `row of ${to - from}, backward ${BACKWARD}`).toBeLessThan(TOLERANCE);
        const values = (x: Float32Array) => columnsOf(row(x), stride, turned, stride - turned);
        expect(values(out!), 'v stays').toEqual(values(qkv));
      }
    }
  });
});
