// Training on the GPU as a whole: however a batch is cut, the gradient is the same; a broken gradient changes nothing;
// and the loss falls.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped, largestDifference, relativeL2, untied } from '../reference/fixtures.ts';
import { packRows } from './batch.ts';
import { accumulateCrossEntropy, crossEntropy } from './crossEntropy.ts';
import type { TokenBatch, TokenScores } from './engine.ts';
import { createGpuEngine, type GpuEngine, type GpuEngineOptions } from './gpuEngine.ts';
import { initialParameters } from './initialise.ts';
import { numbers, wholeNumbers } from './kernelTesting.ts';
import { elementCount, type NamedTensors, parameterShapes } from './parameters.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

async function engineOf(fixture: typeof grouped, options: GpuEngineOptions = {}): Promise<GpuEngine> {
  const engine = await createGpuEngine(gpu, fixture.config, options);
  await engine.loadParameters(fixture.parameters);
  return engine;
}

/** The bits of all tensors, to be compared exactly. */
const bits = (tensors: NamedTensors) =>
  new Map([...tensors].map(([name, { data }]) => [name, new Uint32Array(data.buffer, data.byteOffset, data.length)]));

/** Rows of 9 to 40 tokens, 172 in all: several passes, several chunks of the head. */
const { ids: places, rowStart } = packRows([40, 9, 1, 33, 12, 40, 2, 35].map((length) => new Int32Array(length)));
const batch: TokenBatch = {
  ids: Int32Array.from(wholeNumbers(places.length, untied.config.vocabulary, 1)),
  rowStart,
  tau: numbers(places.length, 2).map((x) => 1 + 0.5 * x),
};
const coef = numbers(places.length, 3);
const SCORES = ['logp1', 'logpTau', 'entropyNats'] as const;

async function gradientOf(
  options: GpuEngineOptions,
  coefficients: Float32Array | ((scores: TokenScores) => Float32Array) = coef,
): Promise<{ scores: TokenScores; gradient: NamedTensors }> {
  const engine = await engineOf(untied, options);
  const scores = await engine.accumulateGradient(batch, coefficients);
  return { scores, gradient: await engine.readGradient() };
}

describe('the gradient of a batch', () => {
  it.each<[string, GpuEngineOptions]>([
    ['in one pass', {}],
    ['in passes of 50 tokens', { tokensPerPass: 50 }],
    ['in passes shorter than its longest row', { tokensPerPass: 20 }],
    ['with the head in chunks of 64 tokens', { logitBytes: 0 }],
    ['with passes of 90 tokens and chunks of 64', { tokensPerPass: 90, logitBytes: 0 }],
  ])('%s is the oracle’s', async (_, options) => {
    const oracle = new ReferenceEngine(untied.config);
    await oracle.loadParameters(untied.parameters);
    const wantedScores = await oracle.accumulateGradient(batch, coef);
    const wanted = await oracle.readGradient();
    const { scores, gradient } = await gradientOf(options);
    for (const name of SCORES) expect(largestDifference(scores[name], wantedScores[name]), name).toBeLessThan(1e-5);
    for (const [name, { data }] of wanted) expect(relativeL2(gradient.get(name)!.data, data), name).toBeLessThan(2e-5);
  });

  it.each<[string, GpuEngineOptions]>([
    ['at once', {}],
    ['in chunks of 64 tokens', { logitBytes: 0 }],
  ])('over a vocabulary whose scores 64 threads share, %s, is the oracle’s', async (_, options) => {
    const config = { ...untied.config, layers: 1, vocabulary: 700, tied: true };
    const parameters = new Map(
      parameterShapes(config).map(({ name, shape }, i) => [
        name,
        { shape, data: numbers(elementCount(shape), i + 1).map((x) => x / 2) },
      ]),
    );
    const wide = { ...batch, ids: Int32Array.from(wholeNumbers(places.length, config.vocabulary, 4)) };
    const engine = await createGpuEngine(gpu, config, options);
    const oracle = new ReferenceEngine(config);
    const [scores, wanted] = await Promise.all(
      [engine, oracle].map(async (each) => {
        await each.loadParameters(parameters);
        return each.accumulateGradient(wide, coef);
      }),
    );
    for (const name of SCORES) expect(largestDifference(scores![name], wanted![name]), name).toBeLessThan(2e-5);
    const gradient = await engine.readGradient();
    for (const [name, { data }] of await oracle.readGradient())
      expect(relativeL2(gradient.get(name)!.data, data), name).toBeLessThan(2e-5);
  });

  it.each<[string, GpuEngineOptions]>([
    ['one pass', {}],
    ['several', { tokensPerPass: 50 }],
  ])('by a function of the scores is that by an array, bit for bit, in %s', async (_, options) => {
    const byArray = await gradientOf(options);
    let seen: TokenScores | null = null;
    const byFunction = await gradientOf(options, (scores) => {
      seen = scores;
      return coef;
    });
    expect(bits(byFunction.gradient)).toEqual(bits(byArray.gradient));
    expect(byFunction.scores).toEqual(byArray.scores);
    expect(seen).toEqual(byArray.scores);
  });

  it('adds to what is there until zeroGradient, and is the same bits every time', async () => {
    const engine = await engineOf(untied);
    await engine.accumulateGradient(batch, coef);
    const once = await engine.readGradient();
    await engine.accumulateGradient(batch, coef);
    for (const [name, { data }] of await engine.readGradient())
      expect(
        relativeL2(
          data,
          once.get(name)!.data.map((g) => 2 * g),
        ),
        name,
      ).toBeLessThan(1e-6);
    await engine.zeroGradient();
    for (const { data } of (await engine.readGradient()).values()) expect(data.every((g) => g === 0)).toBe(true);
    await engine.accumulateGradient(batch, coef);
    expect(bits(await engine.readGradient())).toEqual(bits(once));
  });

  it('is exactly 0 where no coefficient or no prediction asks for one', async () => {
    const engine = await engineOf(untied);
    await engine.accumulateGradient(batch, new Float32Array(coef.length));
    const lonely = { ids: Int32Array.of(3, 4), rowStart: Int32Array.of(0, 1, 2), tau: Float32Array.of(1, 1) };
    const scores = await engine.accumulateGradient(lonely, Float32Array.of(1, 1));
    for (const name of SCORES) expect([...scores[name]]).toEqual([0, 0]);
    for (const { data } of (await engine.readGradient()).values()) expect(data.every((g) => g === 0)).toBe(true);
  });

  it('does not depend on calls that overlap it', async () => {
    const engine = await engineOf(untied);
    const alone = await engine.score(batch);
    const [first, , second, third] = await Promise.all([
      engine.score(batch),
      engine.accumulateGradient(untied.batch, untied.coef),
      engine.score(batch),
      engine.score(untied.batch),
    ]);
    expect([first, second]).toEqual([alone, alone]);
    expect(third).toEqual(await engine.score(untied.batch));
  });

  it('is not disturbed when a larger batch makes the engine build its plan anew', async () => {
    const engine = await engineOf(untied);
    const alone = await engine.score(batch);
    // The first row ten times: more tokens than the first plan has room for.
    const copies = packRows(Array.from({ length: 10 }, () => batch.ids.subarray(0, 40)));
    const larger = { ...copies, tau: Float32Array.from(copies.ids, (_, i) => batch.tau[i % 40]!) };
    const [before, all, after] = await Promise.all([engine.score(batch), engine.score(larger), engine.score(batch)]);
    for (const name of SCORES) {
      expect(largestDifference(before[name], alone[name])).toBe(0);
      expect(largestDifference(after[name], alone[name])).toBeLessThan(1e-5);
      const tenfold = Float32Array.from(larger.ids, (_, i) => alone[name][i % 40]!);
      expect(largestDifference(all[name], tenfold)).toBeLessThan(1e-5);
    }
  });
});

describe('a gradient that is not finite', () => {
  const options = { learningRate: 0.01, weightDecay: 0.1, clipNorm: 1 };

  it.each([Number.POSITIVE_INFINITY, Number.NaN])(
    'from a coefficient %d is reported and changes nothing',
    async (bad) => {
      const engine = await engineOf(untied);
      const spared = await engineOf(untied);
      for (const each of [engine, spared]) {
        await each.accumulateGradient(batch, coef);
        expect(await each.applyGradient(options)).toMatchObject({ step: 1, applied: true });
      }
      const broken = coef.slice();
      broken[60] = bad;
      await engine.accumulateGradient(batch, broken);
      const report = await engine.applyGradient(options);
      expect(report).toMatchObject({ step: 1, applied: false });
      expect(Number.isFinite(report.gradNorm)).toBe(false);
      for (let step = 1; step <= 2; step++) {
        const [ours, theirs] = [await engine.readOptimizer(), await spared.readOptimizer()];
        expect(ours.step).toBe(step);
        expect(bits(ours.firstMoment)).toEqual(bits(theirs.firstMoment));
        expect(bits(ours.secondMoment)).toEqual(bits(theirs.secondMoment));
        expect(bits(await engine.readParameters())).toEqual(bits(await spared.readParameters()));
        for (const each of [engine, spared]) {
          await each.accumulateGradient(batch, coef);
          expect(await each.applyGradient(options)).toMatchObject({ step: step + 1, applied: true });
        }
      }
    },
  );
});

describe('cross-entropy', () => {
  const rows = [[...'the cat sat'], [...'a dog ran off'], [...'he is'], [...'we do not know it']].map((letters) => ({
    ids: letters.map((c) => (c === ' ' ? 0 : c.charCodeAt(0) - 96)),
  }));
  const config = { ...grouped.config, layers: 2, width: 32, heads: 4, kvHeads: 2, headWidth: 8, mlpWidth: 64 };

  it('one step lowers the loss, and a small batch is learnt by heart', async () => {
    const engine = await createGpuEngine(gpu, config);
    await engine.loadParameters(initialParameters(config, 5));
    const before = await accumulateCrossEntropy(engine, rows);
    expect(before).toBeCloseTo(Math.log(config.vocabulary), 1);
    await engine.applyGradient({ learningRate: 1e-3 });
    expect(await accumulateCrossEntropy(engine, rows)).toBeLessThan(before);
    let loss = before;
    for (let step = 0; step < 120; step++) {
      await engine.applyGradient({ learningRate: 0.01, clipNorm: 1 });
      loss = await accumulateCrossEntropy(engine, rows);
    }
    expect(loss).toBeLessThan(0.01);
  });

  it('is the oracle’s loss', async () => {
    const engine = await engineOf(grouped);
    const oracle = new ReferenceEngine(grouped.config);
    await oracle.loadParameters(grouped.parameters);
    const weighted = rows.map(({ ids }) => ({ ids, weight: ids.map((_, t) => (t > 2 ? 1 : 0)) }));
    const want = await accumulateCrossEntropy(oracle, weighted);
    expect(await accumulateCrossEntropy(engine, weighted)).toBeCloseTo(want, 5);
    expect(crossEntropy(weighted).coef.filter((c) => c !== 0).length).toBeGreaterThan(20);
  });
});
