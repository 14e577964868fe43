// What the GPU engine refuses, in which words, and that it goes on afterwards; and what becomes of it when the device
// is lost.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/errors.ts';
import { untied } from '../reference/fixtures.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { BatchError } from './batch.ts';
import type { GenerateRequest, TokenBatch } from './engine.ts';
import { createGpuEngine, type GpuEngine, type GpuEngineOptions } from './gpuEngine.ts';
import { initialParameters } from './initialise.ts';
import { type NamedTensors, ParameterError, type Tensor } from './parameters.ts';

const { config, parameters, batch, coef } = untied;
const GATE = 'model.layers.1.mlp.gate_proj.weight';

async function engineOn(gpu: Gpu, options: GpuEngineOptions = {}): Promise<GpuEngine> {
  const engine = await createGpuEngine(gpu, config, options);
  await engine.loadParameters(parameters);
  return engine;
}

/** The parameters with one of them changed, or dropped. */
function changed(name: string, change: (tensor: Tensor) => Tensor | null): NamedTensors {
  const copy = new Map(parameters);
  const tensor = change(parameters.get(name)!);
  if (tensor === null) copy.delete(name);
  else copy.set(name, tensor);
  return copy;
}

describe('what does not fit the policy', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.destroy());

  it.each<[string, NamedTensors, string]>([
    ['a missing tensor', changed(GATE, () => null), `The tensor ${GATE} is missing.`],
    [
      'a turned tensor',
      changed(GATE, ({ shape, data }) => ({ shape: shape.toReversed(), data })),
      `The tensor ${GATE} has shape [20,28], but the config asks for [28,20].`,
    ],
    [
      'a short tensor',
      changed(GATE, ({ shape, data }) => ({ shape, data: data.subarray(1) })),
      `The tensor ${GATE} holds 559 values, but its shape [28,20] asks for 560.`,
    ],
    [
      'an unknown tensor',
      new Map([...parameters, ['extra.weight', { shape: [1], data: new Float32Array(1) }]]),
      'The tensor extra.weight does not belong to this policy.',
    ],
  ])('%s is refused by name, as parameter and as moment, and nothing changes', async (_, tensors, sentence) => {
    const engine = await engineOn(gpu);
    await engine.accumulateGradient(batch, coef);
    await engine.applyGradient({ learningRate: 0.01 });
    const before = [await engine.readParameters(), await engine.readOptimizer()];
    await expect(engine.loadParameters(tensors)).rejects.toThrow(new ParameterError(sentence));
    const optimizer = { step: 3, firstMoment: parameters, secondMoment: parameters };
    for (const field of ['firstMoment', 'secondMoment'] as const)
      await expect(engine.loadOptimizer({ ...optimizer, [field]: tensors })).rejects.toThrow(
        new ParameterError(sentence),
      );
    expect([await engine.readParameters(), await engine.readOptimizer()]).toEqual(before);
  });

  it.each<[string, Partial<TokenBatch>, string]>([
    [
      'no tokens',
      { ids: new Int32Array(), tau: new Float32Array(), rowStart: Int32Array.of(0) },
      'A batch needs at least one row, with rowStart from 0 to the number of tokens.',
    ],
    [
      'an empty row',
      { ids: new Int32Array(), tau: new Float32Array(), rowStart: Int32Array.of(0, 0) },
      'Row 0 of the batch is empty.',
    ],
    ['an unknown id', { ids: batch.ids.with(3, 23) }, 'Row 0 holds the id 23, but this policy has ids 0 to 22.'],
    [
      'temperature 0',
      { tau: batch.tau.with(3, 0) },
      'Row 0 has the temperature 0; it must be a finite number above 0.',
    ],
  ])('a batch with %s is refused in a sentence', async (_, change, sentence) => {
    const engine = await engineOn(gpu);
    const bad = { ...batch, ...change };
    await expect(engine.score(bad)).rejects.toThrow(new BatchError(sentence));
    await expect(engine.accumulateGradient(bad, coef)).rejects.toThrow(new BatchError(sentence));
    expect((await engine.score(batch)).logp1.length).toBe(batch.ids.length);
  });

  it('an update that AdamW cannot do is refused in a sentence, and nothing changes', async () => {
    const engine = await engineOn(gpu);
    await engine.accumulateGradient(batch, coef);
    const [parametersBefore, gradient] = [await engine.readParameters(), await engine.readGradient()];
    await expect(engine.applyGradient({ learningRate: Number.NaN })).rejects.toThrow(
      "AdamW's learningRate must be a finite number 0 or above, but it is NaN.",
    );
    const moments = { firstMoment: parameters, secondMoment: parameters };
    await expect(engine.loadOptimizer({ step: -1, ...moments })).rejects.toThrow(
      "AdamW's step count must be a whole number from 0 to 2^32 - 1, but it is -1.",
    );
    expect([await engine.readParameters(), await engine.readGradient()]).toEqual([parametersBefore, gradient]);
    expect((await engine.readOptimizer()).step).toBe(0);
  });

  it('coefficients of another length are refused, by array and by function, in one pass or several', async () => {
    for (const options of [{}, { tokensPerPass: 10 }]) {
      const engine = await engineOn(gpu, options);
      const sentence = 'The batch has 24 tokens but 23 coefficients.';
      await expect(engine.accumulateGradient(batch, coef.subarray(1))).rejects.toThrow(sentence);
      await expect(engine.accumulateGradient(batch, () => coef.subarray(1))).rejects.toThrow(sentence);
      const broken = () => {
        throw new Error('The caller changed its mind.');
      };
      await expect(engine.accumulateGradient(batch, broken)).rejects.toThrow('The caller changed its mind.');
      for (const { data } of (await engine.readGradient()).values()) expect(data.every((g) => g === 0)).toBe(true);
    }
  });

  it('a pass that the GPU cannot hold is refused in a sentence, and a smaller batch then runs', async () => {
    const large = { ...config, vocabulary: 100_000, width: 4, mlpWidth: 4, heads: 1, kvHeads: 1, headWidth: 4 };
    const most = gpu.device.limits.maxStorageBufferBindingSize;
    const engine = await createGpuEngine(gpu, { ...large, maxPositions: 8192 }, { logitBytes: 4 * most });
    await engine.loadParameters(initialParameters(large, 1));
    const rows = (length: number): TokenBatch => ({
      ids: new Int32Array(length),
      rowStart: Int32Array.of(0, length),
      tau: new Float32Array(length).fill(1),
    });
    const tooMany = Math.ceil(most / (4 * large.vocabulary)) + 1;
    await expect(engine.score(rows(tooMany))).rejects.toThrow(
      /^The buffer "logits" needs \d+ bytes, but this GPU binds at most \d+: choose a smaller model or batch\.$/,
    );
    const { entropyNats } = await engine.score(rows(2));
    expect(entropyNats[1]).toBeCloseTo(Math.log(large.vocabulary), 2);
  });
});

describe('a lost device', { timeout: 60_000 }, () => {
  const request: GenerateRequest = {
    prompts: [Int32Array.of(1, 2), Int32Array.of(3)],
    maxNewTokens: 20,
    stopTokens: [],
    sampler: parseSamplerConfig({ queue: { keep: true } }),
    seed: 1,
  };
  const calls: Record<string, (engine: GpuEngine) => Promise<unknown>> = {
    loadParameters: (engine) => engine.loadParameters(parameters),
    readParameters: (engine) => engine.readParameters(),
    score: (engine) => engine.score(batch),
    zeroGradient: (engine) => engine.zeroGradient(),
    accumulateGradient: (engine) => engine.accumulateGradient(batch, coef),
    'accumulateGradient by function': (engine) => engine.accumulateGradient(batch, () => coef),
    readGradient: (engine) => engine.readGradient(),
    applyGradient: (engine) => engine.applyGradient({ learningRate: 0.01 }),
    readOptimizer: (engine) => engine.readOptimizer(),
    loadOptimizer: (engine) => engine.loadOptimizer({ step: 1, firstMoment: parameters, secondMoment: parameters }),
    generate: (engine) => engine.generate(request),
    readQueues: (engine) => engine.readQueues(),
    loadQueues: (engine) => engine.loadQueues([Float32Array.of(1)]),
    resetQueues: (engine) => engine.resetQueues(),
  };
  const SENTENCE = /^The GPU device was closed(?: \([^\n]*\))?\.$/;

  const ENGINES = [
    ['that had built everything', true],
    ['that had built nothing', false],
  ] as const;

  /** An engine on a device of its own, whose plans have run or were never built. */
  async function ownEngine(used: boolean): Promise<{ gpu: Gpu; engine: GpuEngine }> {
    const gpu = await openGpu();
    const engine = await engineOn(gpu);
    if (used) {
      await engine.accumulateGradient(batch, coef);
      await engine.generate(request);
    }
    return { gpu, engine };
  }

  /** Makes every call; each gives its error, or null when it was done in time. */
  async function failuresOf(engine: GpuEngine): Promise<Map<string, unknown>> {
    const made = Object.entries(calls).map(async ([name, call]) => {
      const failure = await call(engine).then(
        () => null,
        (cause: unknown) => cause,
      );
      return [name, failure] as const;
    });
    return new Map(await Promise.all(made));
  }

  it.each(ENGINES)('ends calls under way, in line and to come with one sentence, of an engine %s', async (_, used) => {
    const { gpu, engine } = await ownEngine(used);
    const underWay = failuresOf(engine);
    await Promise.resolve();
    gpu.device.destroy();
    const ended = [...(await underWay)].filter(([, failure]) => failure !== null);
    expect(ended.length).toBeGreaterThan(Object.keys(calls).length / 2);
    expect(await gpu.lost).toMatch(SENTENCE);
    const refused = [...(await failuresOf(engine))];
    for (const [name, failure] of [...ended, ...refused]) {
      expect(failure, name).toBeInstanceOf(GpuError);
      expect((failure as GpuError).failure, name).toBe('lost');
      expect((failure as GpuError).message, name).toMatch(SENTENCE);
    }
  });

  it('refuses to make another engine', async () => {
    const gpu = await openGpu();
    gpu.destroy();
    await gpu.lost;
    await expect(createGpuEngine(gpu, config)).rejects.toThrow(SENTENCE);
  });
});
