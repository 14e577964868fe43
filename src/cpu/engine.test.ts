// The CPU engine through its interface: against PyTorch's fixtures, the oracle, and itself saved and restored.

import { describe, expect, it } from 'vitest';
import type { PolicyConfig } from '../policy/config.ts';
import type { AdamWOptions, GenerateRequest, PolicyEngine, TokenBatch } from '../policy/engine.ts';
import { initialParameters } from '../policy/initialise.ts';
import type { NamedTensors, Tensor } from '../policy/parameters.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped, largestDifference, relativeL2, untied, untiedAdamW } from '../reference/fixtures.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { createCpuEngine } from './engine.ts';

/** Rows with wide spread logits, so that a float32 engine seldom meets a near tie. */
function sharpened(parameters: ReadonlyMap<string, Tensor>): NamedTensors {
  return new Map([...parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => 3 * x) }]));
}

const small: PolicyConfig = {
  layers: 2,
  width: 24,
  heads: 4,
  kvHeads: 2,
  headWidth: 6,
  mlpWidth: 40,
  vocabulary: 29,
  tied: true,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 96,
};

const start = sharpened(initialParameters(small, 4));

async function engineWith(config: PolicyConfig, parameters: NamedTensors): Promise<PolicyEngine> {
  const engine = await createCpuEngine(config);
  await engine.loadParameters(parameters);
  return engine;
}

const request: GenerateRequest = {
  prompts: [
    [1, 2, 3],
    [1, 2, 3],
    [4, 5],
    [4, 5],
    [6, 7, 8, 9, 10, 11, 12],
  ].map((ids) => Int32Array.from(ids)),
  group: Int32Array.of(0, 0, 1, 1, 2),
  maxNewTokens: 20,
  stopTokens: [0],
  sampler: parseSamplerConfig({ queue: { capacity: 50 }, ladder: { offsets: [0, 0.2] } }),
  seed: 77,
  stream: 3,
};

describe('training', () => {
  it("takes PyTorch's AdamW steps", async () => {
    const engine = await engineWith(untied.config, untied.parameters);
    for (const gradNorm of untiedAdamW.gradNorms) {
      await engine.accumulateGradient(untied.batch, untied.coef);
      const report = await engine.applyGradient(untiedAdamW.options);
      expect(report.applied).toBe(true);
      expect(report.gradNorm / gradNorm).toBeCloseTo(1, 4);
    }
    const { step, firstMoment, secondMoment } = await engine.readOptimizer();
    expect(step).toBe(untiedAdamW.gradNorms.length);
    for (const [ours, theirs] of [
      [await engine.readParameters(), untiedAdamW.parameters],
      [firstMoment, untiedAdamW.firstMoment],
      [secondMoment, untiedAdamW.secondMoment],
    ] as const)
      for (const [name, { data }] of ours) expect(relativeL2(data, theirs.get(name)!.data), name).toBeLessThan(1e-3);
    engine.destroy();
  });

  it('adds gradients up over several calls, and a row alone gives what it gives in a batch', async () => {
    const { config, parameters, batch, coef } = untied;
    const engine = await engineWith(config, parameters);
    await engine.accumulateGradient(batch, coef);
    const whole = await engine.readGradient();
    await engine.zeroGradient();
    for (let row = 0; row + 1 < batch.rowStart.length; row++) {
      const [from, to] = [batch.rowStart[row]!, batch.rowStart[row + 1]!];
      const one: TokenBatch = {
        ids: batch.ids.slice(from, to),
        rowStart: Int32Array.of(0, to - from),
        tau: batch.tau.slice(from, to),
      };
      await engine.accumulateGradient(one, coef.slice(from, to));
    }
    for (const [name, { data }] of await engine.readGradient())
      expect(relativeL2(data, whole.get(name)!.data), name).toBeLessThan(1e-4);
    engine.destroy();
  });

  it('skips and reports an update whose gradient is not finite', async () => {
    const engine = await engineWith(untied.config, untied.parameters);
    await engine.accumulateGradient(
      untied.batch,
      untied.coef.map(() => Number.NaN),
    );
    const report = await engine.applyGradient({ learningRate: 1 });
    expect(report).toMatchObject({ applied: false, step: 0 });
    for (const [name, { data }] of await engine.readParameters())
      expect(data).toEqual(untied.parameters.get(name)!.data);
    engine.destroy();
  });

  it('takes 10 steps as 5, save, load and 5 more, bit for bit', async () => {
    const options: AdamWOptions = { learningRate: 0.01, weightDecay: 0.1, clipNorm: 1 };
    // Without stop tokens all batches have one shape, which jax-js compiles once.
    const sampler = parseSamplerConfig({ queue: { capacity: 30, keep: true } });
    const kept = { ...request, sampler, stopTokens: [] };
    const steps = async (engine: PolicyEngine, from: number, to: number) => {
      for (let stream = from; stream < to; stream++) {
        const rollouts = await engine.generate({ ...kept, stream });
        const rows = rollouts.map((r) => Int32Array.of(...r.promptIds, ...r.ids));
        const rowStart = Int32Array.of(
          0,
          ...rows.map((_, i) => rows.slice(0, i + 1).reduce((n, x) => n + x.length, 0)),
        );
        const ids = Int32Array.from(rows.flatMap((row) => Array.from(row)));
        const tau = new Float32Array(ids.length).fill(1.1);
        await engine.accumulateGradient({ ids, rowStart, tau }, ({ logp1 }) => logp1.map((x) => 0.1 * (x + 2)));
        await engine.applyGradient(options);
      }
      return engine;
    };
    const whole = await steps(await engineWith(small, start), 0, 10);
    const first = await steps(await engineWith(small, start), 0, 5);
    const second = await engineWith(small, await first.readParameters());
    await second.loadOptimizer(await first.readOptimizer());
    await second.loadQueues(await first.readQueues());
    await steps(second, 5, 10);
    expect(await second.readParameters()).toEqual(await whole.readParameters());
    expect(await second.readOptimizer()).toEqual(await whole.readOptimizer());
    expect(await second.readQueues()).toEqual(await whole.readQueues());
    for (const engine of [whole, first, second]) engine.destroy();
  });
});

describe('generate', () => {
  it('rolls out what the oracle rolls out', async () => {
    const ours = await engineWith(small, start);
    const oracle = new ReferenceEngine(small);
    await oracle.loadParameters(start);
    for (const config of [
      parseSamplerConfig({}),
      parseSamplerConfig({ queue: { scope: 'prompt', order: 'threshold-first' }, temperature: { rule: 'rank' } }),
      parseSamplerConfig({ queue: { scope: 'rollout' }, truncation: { topP: 0.9 }, ladder: { offsets: [0, 0.3] } }),
    ]) {
      const rollouts = await ours.generate({ ...request, sampler: config });
      const expected = await oracle.generate({ ...request, sampler: config });
      rollouts.forEach((rollout, row) => {
        const { ids, logp1, logpTau, entropyNats, tau, finished } = expected[row]!;
        expect(Array.from(rollout.ids)).toEqual(Array.from(ids));
        expect(rollout.finished).toBe(finished);
        expect(largestDifference(rollout.logp1, logp1)).toBeLessThan(1e-4);
        expect(largestDifference(rollout.logpTau, logpTau)).toBeLessThan(1e-4);
        expect(largestDifference(rollout.entropyNats, entropyNats)).toBeLessThan(1e-4);
        expect(largestDifference(rollout.tau, tau)).toBeLessThan(1e-4);
      });
    }
    ours.destroy();
  });

  it.each([grouped, untied])("records the scores of $name's own full forward", async ({ config, parameters }) => {
    const engine = await engineWith(config, parameters);
    const prompts = [[1, 2, 3, 4], [5], [1, 2, 3, 4]].map((ids) => Int32Array.from(ids));
    const rollouts = await engine.generate({ ...request, group: Int32Array.of(0, 1, 0), prompts, maxNewTokens: 16 });
    for (const { promptIds, ids, tau, logp1, logpTau, entropyNats } of rollouts) {
      const all = Int32Array.of(...promptIds, ...ids);
      const taus = Float32Array.of(...promptIds.map(() => 1), ...tau);
      const scores = await engine.score({ ids: all, rowStart: Int32Array.of(0, all.length), tau: taus });
      const from = promptIds.length;
      expect(largestDifference(logp1, scores.logp1.subarray(from))).toBeLessThan(1e-5);
      expect(largestDifference(logpTau, scores.logpTau.subarray(from))).toBeLessThan(1e-5);
      expect(largestDifference(entropyNats, scores.entropyNats.subarray(from))).toBeLessThan(1e-5);
    }
    engine.destroy();
  });

  it('gives the same tokens for the same seed and other tokens for another seed or stream', async () => {
    const engine = await engineWith(small, start);
    const tokens = async (changes: Partial<GenerateRequest>) =>
      (await engine.generate({ ...request, ...changes })).map((r) => Array.from(r.ids));
    const once = await tokens({});
    expect(await tokens({})).toEqual(once);
    expect(await tokens({ seed: 78 })).not.toEqual(once);
    expect(await tokens({ stream: 4 })).not.toEqual(once);
    engine.destroy();
  });

  it('takes forced tokens, records them with their own log-probs, and goes on from them', async () => {
    const engine = await engineWith(small, start);
    const free = await engine.generate(request);
    const forced = free.map(({ ids }) => ids.slice(0, 5));
    const replayed = await engine.generate({ ...request, forced });
    expect(replayed).toEqual(free);
    const other = await engine.generate({ ...request, forced: free.map(() => Int32Array.of(7, 8)) });
    for (const rollout of other) expect(Array.from(rollout.ids.subarray(0, 2))).toEqual([7, 8]);
    engine.destroy();
  });

  it('keeps entropy queues from call to call only if it is asked to', async () => {
    const engine = await engineWith(small, start);
    await engine.generate(request);
    expect(await engine.readQueues()).toEqual([]);
    const keep = { ...request, sampler: parseSamplerConfig({ queue: { keep: true, capacity: 500 } }) };
    const first = await engine.generate(keep);
    const pushed = first.reduce((n, r) => n + r.ids.length, 0);
    expect((await engine.readQueues())[0]).toHaveLength(pushed);
    const [rollout] = await engine.generate(keep);
    expect(rollout!.queueLength[0]).toBe(pushed + request.prompts.length);
    await engine.resetQueues();
    expect(await engine.readQueues()).toEqual([]);
    engine.destroy();
  });

  it('reports progress, can be aborted, and refuses requests it cannot run', async () => {
    const engine = await engineWith(small, start);
    const counts: number[] = [];
    await engine.generate({ ...request, stopTokens: [], onProgress: (done) => counts.push(done) });
    expect(counts.at(-1)).toBe(request.maxNewTokens);
    const abort = new AbortController();
    const aborted = engine.generate({ ...request, signal: abort.signal });
    abort.abort(new Error('Stopped by the test.'));
    await expect(aborted).rejects.toThrow('Stopped by the test.');
    await expect(engine.generate({ ...request, maxNewTokens: 1000 })).rejects.toThrow(
      'but this policy takes at most 96',
    );
    await expect(
      engine.generate({ ...request, prompts: [Int32Array.of(29)], group: Int32Array.of(0) }),
    ).rejects.toThrow('The token id 29 in the prompt of row 0');
    engine.destroy();
    await expect(engine.readParameters()).rejects.toThrow('destroyed');
  });
});
