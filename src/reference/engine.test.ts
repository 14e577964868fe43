import { expect, test } from 'vitest';
import type { GenerateRequest, Rollout, TokenBatch } from '../policy/engine.ts';
import { parseSamplerConfig, type SamplerConfigInput } from '../temperature/config.ts';
import { ReferenceEngine } from './engine.ts';
import { grouped, largestDifference, untied, untiedAdamW } from './fixtures.ts';

async function engineOf(fixture: typeof grouped): Promise<ReferenceEngine> {
  const engine = new ReferenceEngine(fixture.config);
  await engine.loadParameters(fixture.parameters);
  return engine;
}

function requestOf(sampler: SamplerConfigInput, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    prompts: [Int32Array.of(1, 2, 3), Int32Array.of(1, 2, 3), Int32Array.of(7), Int32Array.of(7)],
    group: Int32Array.of(0, 0, 1, 1),
    maxNewTokens: 10,
    stopTokens: [],
    sampler: parseSamplerConfig(sampler),
    seed: 11,
    ...more,
  };
}

const ENTROPY_GUIDED: SamplerConfigInput = {
  temperature: { rule: 'binary', high: 1.5, low: 0.7 },
  queue: { capacity: 20 },
};

/** The rollouts as a batch to score: prompts at tau 1, completions at the recorded tau. */
function batchOf(rollouts: readonly Rollout[]): TokenBatch {
  const ids = rollouts.flatMap((r) => [...r.promptIds, ...r.ids]);
  const tau = rollouts.flatMap((r) => [...r.promptIds.map(() => 1), ...r.tau]);
  const rowStart = [0];
  for (const r of rollouts) rowStart.push(rowStart.at(-1)! + r.promptIds.length + r.ids.length);
  return { ids: Int32Array.from(ids), tau: Float32Array.from(tau), rowStart: Int32Array.from(rowStart) };
}

test('temperature audit: scoring a rollout at its recorded tau gives the numbers that the sampler recorded', async () => {
  const engine = await engineOf(grouped);
  const rollouts = await engine.generate(requestOf(ENTROPY_GUIDED));
  expect(new Set(rollouts.flatMap((r) => [...r.tau]))).toEqual(new Set([1.5, Math.fround(0.7)]));
  const batch = batchOf(rollouts);
  const scores = await engine.score(batch);
  for (const [b, r] of rollouts.entries()) {
    const completion = (x: Float32Array) => x.slice(batch.rowStart[b]! + r.promptIds.length, batch.rowStart[b + 1]);
    expect(r.ids.length).toBe(10);
    expect(largestDifference(completion(scores.logpTau), r.logpTau)).toBeLessThan(1e-6);
    expect(largestDifference(completion(scores.logp1), r.logp1)).toBeLessThan(1e-6);
    expect(largestDifference(completion(scores.entropyNats), r.entropyNats)).toBeLessThan(1e-6);
  }
});

test('the same seed gives the same rollouts; another seed or stream gives others', async () => {
  const engine = await engineOf(untied);
  const ids = async (more: Partial<GenerateRequest>) =>
    (await engine.generate(requestOf(ENTROPY_GUIDED, more))).map((r) => [...r.ids]);
  const first = await ids({});
  expect(await ids({})).toEqual(first);
  expect(await ids({ seed: 12 })).not.toEqual(first);
  expect(await ids({ stream: 1 })).not.toEqual(first);
  // Two rollouts of one prompt have noise of their own.
  expect(first[0]).not.toEqual(first[1]);
});

test('a record is replayed by forcing its tokens; a stop token ends a row and is part of it', async () => {
  const engine = await engineOf(untied);
  const free = await engine.generate(requestOf(ENTROPY_GUIDED));
  const forced = free.map((r) => r.ids);
  expect(await engine.generate(requestOf(ENTROPY_GUIDED, { forced, seed: 99 }))).toEqual(free);

  const stop = free[0]!.ids[4]!;
  const at = free[0]!.ids.indexOf(stop);
  const [stopped] = await engine.generate(requestOf(ENTROPY_GUIDED, { forced, stopTokens: [stop] }));
  expect(stopped!.ids).toEqual(free[0]!.ids.slice(0, at + 1));
  expect([free[0]!.finished, stopped!.finished]).toEqual([false, true]);
});

test('entropy queues are kept from call to call only when asked', async () => {
  const engine = await engineOf(untied);
  const kept = requestOf({ ...ENTROPY_GUIDED, queue: { capacity: 100, keep: true } });
  const first = await engine.generate(kept);
  const queues = await engine.readQueues();
  expect(queues.map((q) => q.length)).toEqual([40]);
  expect([...queues[0]!]).toEqual(Array.from({ length: 40 }, (_, i) => first[i % 4]!.entropyNats[Math.floor(i / 4)]));

  const second = await engine.generate(kept);
  expect(second[0]!.queueLength[0]).toBe(44);
  await engine.loadQueues(queues);
  expect((await engine.generate(kept))[0]!.queueLength).toEqual(second[0]!.queueLength);
  expect((await engine.generate(requestOf(ENTROPY_GUIDED)))[0]!.queueLength[0]).toBe(4);
  expect((await engine.readQueues())[0]!.length).toBe(80);
  await engine.resetQueues();
  expect(await engine.generate(kept)).toEqual(first);
});

test('an aborted generation rejects, keeps no entropies, and the next call goes on', async () => {
  const engine = await engineOf(untied);
  const controller = new AbortController();
  const sampler = { ...ENTROPY_GUIDED, queue: { keep: true } };
  const steps: number[] = [];
  const onProgress = (done: number) => {
    steps.push(done);
    if (done === 3) controller.abort();
  };
  await expect(engine.generate(requestOf(sampler, { signal: controller.signal, onProgress }))).rejects.toThrow('abort');
  expect(steps).toEqual([1, 2, 3]);
  expect(await engine.readQueues()).toEqual([]);
  expect((await engine.generate(requestOf(sampler))).length).toBe(4);
});

test('three updates through the interface are PyTorch AdamW; coefficients may be a function of the scores', async () => {
  const engine = await engineOf(untied);
  for (const norm of untiedAdamW.gradNorms) {
    await engine.accumulateGradient(untied.batch, (scores) => {
      expect(scores.logp1.length).toBe(untied.coef.length);
      return untied.coef;
    });
    const report = await engine.applyGradient(untiedAdamW.options);
    expect(report.gradNorm).toBeCloseTo(norm, 8);
  }
  const parameters = await engine.readParameters();
  for (const [name, { data }] of untiedAdamW.parameters)
    expect(largestDifference(parameters.get(name)!.data, data), name).toBeLessThan(1e-6);
  const optimizer = await engine.readOptimizer();
  expect(optimizer.step).toBe(3);

  // The gradient was zeroed by the update; moments and step count load back, and fresh parameters reset them.
  expect((await engine.applyGradient({ learningRate: 0 })).gradNorm).toBe(0);
  await engine.loadOptimizer(optimizer);
  expect(await engine.readOptimizer()).toEqual(optimizer);
  await engine.loadParameters(untied.parameters);
  expect((await engine.readOptimizer()).step).toBe(0);
});

test('gradients add up until they are zeroed', async () => {
  const engine = await engineOf(untied);
  const norm = () => engine.readGradient().then((g) => Math.hypot(...[...g.values()].flatMap((t) => [...t.data])));
  await engine.accumulateGradient(untied.batch, untied.coef);
  const once = await norm();
  await engine.accumulateGradient(untied.batch, untied.coef);
  expect(await norm()).toBeCloseTo(2 * once, 4);
  await engine.zeroGradient();
  expect(await norm()).toBe(0);
});

test('a gradient with a NaN changes nothing and says so', async () => {
  const engine = await engineOf(untied);
  const before = await engine.readOptimizer();
  await engine.accumulateGradient(
    untied.batch,
    untied.coef.map((x, i) => (i === 3 ? Number.NaN : x)),
  );
  const report = await engine.applyGradient(untiedAdamW.options);
  expect(report).toEqual({ gradNorm: Number.NaN, applied: false, step: 0 });
  expect(await engine.readParameters()).toEqual(untied.parameters);
  expect(await engine.readOptimizer()).toEqual(before);
});

test('refusals are one readable sentence, and a failed call does not block the next', async () => {
  const engine = await engineOf(untied);
  const missing = new Map([...untied.parameters].slice(1));
  await expect(engine.loadParameters(missing)).rejects.toThrow('The tensor model.embed_tokens.weight is missing.');
  await expect(
    engine.generate(requestOf({}, { prompts: [new Int32Array()], group: Int32Array.of(0) })),
  ).rejects.toThrow('The prompt of row 0 is empty.');
  await expect(engine.generate(requestOf({}, { maxNewTokens: 64 }))).rejects.toThrow('Row 0 needs 3 + 64 positions');
  expect((await engine.score(untied.batch)).logp1.length).toBe(24);
  engine.destroy();
  await expect(engine.score(untied.batch)).rejects.toThrow('The engine was destroyed.');
});
