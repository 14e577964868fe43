import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped, untied } from '../reference/fixtures.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import type { GenerateRequest, TokenBatch } from './engine.ts';
import { createGpuEngine, type GpuEngine } from './gpuEngine.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

const request: GenerateRequest = {
  prompts: [[1, 2, 3], [1, 2, 3], [5], [7, 8, 9, 10, 11], [7, 8, 9, 10, 11], [4, 17]].map((p) => Int32Array.from(p)),
  group: Int32Array.of(0, 0, 1, 2, 2, 3),
  maxNewTokens: 12,
  stopTokens: [0, 3],
  sampler: parseSamplerConfig({
    queue: { scope: 'run', capacity: 64 },
    threshold: { rule: 'quantile', coldFraction: 0.6 },
    temperature: { rule: 'binary', high: 1.6, low: 0.7 },
    ladder: { offsets: [0, 0.1], shifts: 'hot' },
  }),
  seed: 42,
  stream: 3,
};

async function engines(fixture: typeof grouped): Promise<{ engine: GpuEngine; oracle: ReferenceEngine }> {
  const engine = await createGpuEngine(gpu, fixture.config);
  await engine.loadParameters(fixture.parameters);
  const oracle = new ReferenceEngine(fixture.config);
  await oracle.loadParameters(fixture.parameters);
  return { engine, oracle };
}

describe.each([grouped, untied])('rollouts on the GPU: $name', (fixture) => {
  it('are the float64 oracle’s, token by token', async () => {
    const { engine, oracle } = await engines(fixture);
    const ours = await engine.generate(request);
    const theirs = await oracle.generate(request);
    ours.forEach((rollout, row) => {
      const expected = theirs[row]!;
      expect([...rollout.ids], `ids of row ${row}`).toEqual([...expected.ids]);
      expect([...rollout.hot]).toEqual([...expected.hot]);
      expect([...rollout.queueLength]).toEqual([...expected.queueLength]);
      expect([rollout.finished, rollout.group]).toEqual([expected.finished, expected.group]);
      for (const field of ['entropyNats', 'thresholdNats', 'tau', 'logpTau', 'logp1'] as const)
        rollout[field].forEach((value, i) => {
          expect(Math.abs(value - expected[field][i]!), `${field}[${i}] of row ${row}`).toBeLessThan(1e-4);
        });
    });
  });

  it('are scored by the full forward as the sampler recorded them: the cache is the forward', async () => {
    const { engine } = await engines(fixture);
    const rollouts = await engine.generate(request);
    const scores = await engine.score(batchOf(rollouts));
    let at = 0;
    for (const { promptIds, ids, logpTau, logp1, entropyNats } of rollouts) {
      at += promptIds.length;
      ids.forEach((_, i) => {
        expect(Math.abs(scores.logpTau[at + i]! - logpTau[i]!)).toBeLessThan(2e-5);
        expect(Math.abs(scores.logp1[at + i]! - logp1[i]!)).toBeLessThan(2e-5);
        expect(Math.abs(scores.entropyNats[at + i]! - entropyNats[i]!)).toBeLessThan(2e-5);
      });
      at += ids.length;
    }
  });

  it('repeat with the same seed, differ with another, and follow forced tokens', async () => {
    const { engine } = await engines(fixture);
    const first = await engine.generate(request);
    const again = await engine.generate(request);
    const other = await engine.generate({ ...request, seed: 43 });
    expect(again.map((r) => [...r.ids])).toEqual(first.map((r) => [...r.ids]));
    expect(again.map((r) => [...r.logpTau])).toEqual(first.map((r) => [...r.logpTau]));
    expect(other.map((r) => [...r.ids])).not.toEqual(first.map((r) => [...r.ids]));
    const forced = await engine.generate({ ...request, seed: 99, forced: first.map((r) => r.ids) });
    expect(forced.map((r) => [...r.ids])).toEqual(first.map((r) => [...r.ids]));
    expect(forced.map((r) => [...r.tau])).toEqual(first.map((r) => [...r.tau]));
  });
});

it('kept queues go on from call to call, also through save and load', async () => {
  const { engine } = await engines(untied);
  const keeping = { ...request, sampler: parseSamplerConfig({ queue: { keep: true, capacity: 500 } }) };
  await engine.generate(keeping);
  const saved = await engine.readQueues();
  const second = await engine.generate({ ...keeping, stream: 4 });
  expect(second[0]!.queueLength[0]).toBe(saved[0]!.length + request.prompts.length);
  await engine.loadQueues(saved);
  const replay = await engine.generate({ ...keeping, stream: 4 });
  expect(replay.map((r) => [...r.thresholdNats])).toEqual(second.map((r) => [...r.thresholdNats]));
  await engine.resetQueues();
  expect((await engine.generate(keeping))[0]!.queueLength[0]).toBe(request.prompts.length);
});

it('a request that cannot be rolled out is refused in a sentence', async () => {
  const { engine } = await engines(untied);
  const refused = (change: Partial<GenerateRequest>) => expect(engine.generate({ ...request, ...change })).rejects;
  await refused({ prompts: [] }).toThrow('There is no prompt to roll out.');
  await refused({ prompts: [Int32Array.of(99)], group: Int32Array.of(0) }).toThrow(
    'The token id 99 in the prompt of row 0 is not an id of this policy (0 to 22).',
  );
  await refused({ maxNewTokens: 0 }).toThrow('maxNewTokens must be a whole number of at least 1, but it is 0.');
  const controller = new AbortController();
  controller.abort();
  await refused({ signal: controller.signal }).toThrow(/abort/i);
});

/** The rollouts as a batch, each token at the temperature it was drawn at. */
function batchOf(rollouts: Awaited<ReturnType<GpuEngine['generate']>>): TokenBatch {
  const ids = rollouts.flatMap((r) => [...r.promptIds, ...r.ids]);
  const tau = rollouts.flatMap((r) => [...r.promptIds.map(() => 1), ...r.tau]);
  const rowStart = [0];
  for (const r of rollouts) rowStart.push(rowStart.at(-1)! + r.promptIds.length + r.ids.length);
  return { ids: Int32Array.from(ids), rowStart: Int32Array.from(rowStart), tau: Float32Array.from(tau) };
}
