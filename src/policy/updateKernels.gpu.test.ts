// The kernels of the update (gradient norm, clip, AdamW), each against float64.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { linearGrid } from '../gpu/plan.ts';
import { float64, numbers, runKernel, worstError } from './kernelTesting.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const GROUPS = 64;
/** Of vec4s: less than a thread each, a workgroup's worth, and more than all threads of all groups. */
const COUNTS = [1, 63, 64, 1000, 64 * 64 + 1, 20_011];

/** A float32 by its bits: the exponents that mean NaN and infinity, and the largest that do not. */
const fromBits = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0]!;

describe('gradient_norm', () => {
  async function norm(gradient: Float32Array): Promise<{ squares: number; broken: number }> {
    const count = gradient.length / 4;
    const [partial] = await runKernel(
      gpu,
      'gradient_norm.wgsl',
      { COUNT: count, GROUPS },
      [
        ['read', gradient],
        ['write', new Float32Array(2 * GROUPS).fill(7)],
      ],
      [GROUPS, 1, 1],
    );
    const sums = { squares: 0, broken: 0 };
    partial!.forEach((value, i) => {
      sums[i % 2 === 0 ? 'squares' : 'broken'] += value;
    });
    return sums;
  }

  it.each(COUNTS)('of %i vec4s is the sum of squares', async (count) => {
    const gradient = numbers(4 * count, 1);
    const { squares, broken } = await norm(gradient);
    expect(squares / gradient.reduce((s, g) => s + g * g, 0)).toBeCloseTo(1, 5);
    expect(broken).toBe(0);
  });

  it.each(COUNTS)('finds what is not finite among %i vec4s, wherever it stands', async (count) => {
    const places = new Set([0, 1, 2, 3, 4 * count - 1, 2 * count].filter((at) => at < 4 * count));
    for (const at of places) {
      for (const bits of [0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001]) {
        const gradient = numbers(4 * count, 2);
        new Uint32Array(gradient.buffer)[at] = bits;
        expect((await norm(gradient)).broken, `${bits.toString(16)} at ${at}`).toBe(1);
      }
    }
  });

  it('takes tiny and huge values for what they are', async () => {
    const tiny = await norm(new Float32Array(4000).fill(fromBits(0x00000001)));
    expect(tiny).toEqual({ squares: 0, broken: 0 });
    const huge = await norm(Float32Array.of(fromBits(0x5f000000), 0, 0, 0));
    expect(huge).toEqual({ squares: 2 ** 126, broken: 0 });
  });
});

interface Progress {
  readonly step: number;
  readonly applied: number;
  readonly norm: number;
  readonly scale: number;
  readonly correction1: number;
  readonly correction2: number;
}

function settings(learningRate: number, beta1: number, beta2: number, epsilon: number, decay: number, clip: number) {
  return Float32Array.of(learningRate, beta1, beta2, epsilon, decay, clip, Math.log(beta1), Math.log(beta2));
}

describe('gradient_clip', () => {
  async function clip(given: Float32Array, partial: Float32Array, steps: number): Promise<Progress> {
    const [out] = await runKernel(
      gpu,
      'gradient_clip.wgsl',
      { GROUPS },
      [
        ['uniform', given],
        ['read', partial],
        ['write', Uint32Array.of(steps, 9, 0, 0, 0, 0, 77, 77)],
      ],
      [1, 1, 1],
    );
    const words = new Uint32Array(out!.buffer);
    expect([words[6], words[7]]).toEqual([77, 77]);
    const [, , norm, scale, correction1, correction2] = out! as unknown as number[];
    return {
      step: words[0]!,
      applied: words[1]!,
      norm: norm!,
      scale: scale!,
      correction1: correction1!,
      correction2: correction2!,
    };
  }
  const partialOf = (squares: number, broken = 0) => {
    const partial = new Float32Array(2 * GROUPS);
    partial[2 * GROUPS - 2] = squares / 4;
    partial[0] = (3 * squares) / 4;
    partial[7] = broken;
    return partial;
  };

  it.each([
    [0.9, 0.999, 0],
    [0.9, 0.999, 1],
    [0.9, 0.95, 4],
    [0.5, 0.9999, 37],
    [0.9, 0.999, 9999],
    [0.999, 0.999999, 1_000_000],
  ])('corrects the bias of betas %f and %f after %i steps', async (beta1, beta2, steps) => {
    const progress = await clip(settings(1e-3, beta1, beta2, 1e-8, 0, 0), partialOf(9), steps);
    expect(progress).toMatchObject({ step: steps + 1, applied: 1, norm: 3, scale: 1 });
    expect(progress.correction1 / (1 - beta1 ** (steps + 1))).toBeCloseTo(1, 6);
    expect(progress.correction2 / (1 - beta2 ** (steps + 1))).toBeCloseTo(1, 6);
  });

  it.each([
    [1, 3, 1 / (3 + 1e-6)],
    [3.5, 3, 1],
    [0.25, 1e4, 0.25 / (1e4 + 1e-6)],
    [1e-4, 2e-4, 1e-4 / (2e-4 + 1e-6)],
    [1, 0, 1],
  ])('clips at %f a norm of %f', async (limit, norm, scale) => {
    const progress = await clip(settings(1e-3, 0.9, 0.999, 1e-8, 0, limit), partialOf(norm * norm), 3);
    expect(progress.norm).toBeCloseTo(norm, 3);
    expect(progress.scale / scale).toBeCloseTo(1, 6);
  });

  it.each([
    ['a broken value', partialOf(1, 1)],
    ['many broken values', partialOf(Number.NaN, 64)],
    ['a norm that overflows', partialOf(Number.POSITIVE_INFINITY)],
  ])('does not count a step with %s', async (_, partial) => {
    expect(await clip(settings(1e-3, 0.9, 0.999, 1e-8, 0, 1), partial, 12)).toMatchObject({ step: 12, applied: 0 });
  });
});

describe('adamw', () => {
  const LEARNING_RATE = 0.01;
  const [BETA1, BETA2, EPSILON, DECAY] = [0.9, 0.99, 1e-6, 0.1];
  const given = settings(LEARNING_RATE, BETA1, BETA2, EPSILON, DECAY, 0);

  function progress(step: number, applied: 0 | 1, scale: number): Float32Array {
    const words = Float32Array.of(0, 0, 0, scale, 1 - BETA1 ** step, 1 - BETA2 ** step, 0, 0);
    new Uint32Array(words.buffer).set([step, applied]);
    return words;
  }
  const run = (count: number, decayed: number, state: Float32Array, arenas: readonly Float32Array[]) =>
    runKernel(
      gpu,
      'adamw.wgsl',
      { COUNT: count, DECAYED: decayed },
      [['uniform', given], ['read', state], ...arenas.map((data) => ['write', data] as const)],
      linearGrid(count),
    );

  it.each([
    [1, 0],
    [1, 1],
    [70, 33],
    [5000, 4999],
  ])('of %i vec4s, %i of them decayed, is the float64 update', async (count, decayed) => {
    const scale = 0.75;
    const arenas = [1, 2, 3, 4].map((seed) => numbers(4 * count, seed));
    arenas[3] = arenas[3]!.map(Math.abs);
    const [gradient, weight, first, second] = arenas.map(float64) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    let state = arenas;
    for (let step = 1; step <= 3; step++) {
      state = await run(count, decayed, progress(step, 1, scale), [numbers(4 * count, 1), ...state.slice(1)]);
      gradient.forEach((g, i) => {
        const clipped = scale * g;
        first[i] = BETA1 * first[i]! + (1 - BETA1) * clipped;
        second[i] = BETA2 * second[i]! + (1 - BETA2) * clipped * clipped;
        const m = first[i]! / (1 - BETA1 ** step);
        const v = second[i]! / (1 - BETA2 ** step);
        const kept = i < 4 * decayed ? 1 - LEARNING_RATE * DECAY : 1;
        weight[i] = weight[i]! * kept - (LEARNING_RATE * m) / (Math.sqrt(v) + EPSILON);
      });
    }
    expect(worstError(state[0]!, new Float32Array(4 * count)), 'the gradient is zeroed').toBe(0);
    expect(worstError(state[1]!, weight), 'weights').toBeLessThan(1e-6);
    expect(worstError(state[2]!, first), 'first moment').toBeLessThan(1e-6);
    expect(worstError(state[3]!, second), 'second moment').toBeLessThan(1e-6);
  });

  it('leaves weights and moments alone when the gradient is not applied, and zeroes it all the same', async () => {
    const arenas = [5, 6, 7, 8].map((seed) => numbers(400, seed));
    arenas[0]![13] = Number.NaN;
    arenas[0]![14] = Number.POSITIVE_INFINITY;
    const [gradient, ...rest] = await run(100, 50, progress(4, 0, 1), arenas);
    expect(gradient).toEqual(new Float32Array(400));
    expect(rest).toEqual(arenas.slice(1));
  });
});
