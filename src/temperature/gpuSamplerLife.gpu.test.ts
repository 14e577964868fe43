// The life of a sampler: many steps in one submit, rows that end, settings that change, queues that are kept, and
// whether its tokens are distributed as they should be.

import { afterAll, describe, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { parseSamplerConfig, SamplerConfigError, type SamplerConfigInput } from './config.ts';
import { spreadLogits } from './gpuSampler.testing.ts';
import { GpuSampler, type SampledRow } from './gpuSampler.ts';

const gpu = await openGpu();
afterAll(() => gpu.destroy());

const BINARY = { rule: 'binary', high: 1.4, low: 0.7 } as const;

interface Opening {
  readonly rows: number;
  readonly vocabulary: number;
  readonly steps: number;
  readonly config: SamplerConfigInput;
  readonly logits: Float32Array;
}

async function open({ rows, vocabulary, steps, config, logits }: Opening) {
  const slice = gpu.upload('test logits', logits);
  const sampler = await GpuSampler.create(gpu, {
    rows,
    vocabulary,
    groups: new Int32Array(rows),
    config: parseSamplerConfig(config),
    maxNewTokens: steps,
    logits: slice,
  });
  const run = (count: number) =>
    gpu.submit({
      label: 'sampler test',
      dispatches: Array.from({ length: count }, () => sampler.dispatches).flat(),
    });
  return { sampler, slice, run };
}

describe('draws', () => {
  // 512 rows x 48 steps of the same logits: all hot, then all cold.
  const rows = 512;
  const steps = 48;
  const vocabulary = 20;
  const row = spreadLogits(1, vocabulary, 3)(0);
  const logits = Float32Array.from({ length: rows * vocabulary }, (_, i) => row[i % vocabulary]!);

  it.each([
    ['hot', BINARY.high, 0],
    ['cold', BINARY.low, 10],
  ])('follow softmax(z / tau) when %s (chi-square of 24 576 draws)', async (_, tau, nats) => {
    const config = { temperature: BINARY, threshold: { rule: 'absolute', nats } } as const;
    const { sampler, run } = await open({ rows, vocabulary, steps, config, logits });
    sampler.start({ seed: 2024 });
    await run(steps);
    const counts = new Float64Array(vocabulary);
    const sampled = await sampler.readRows();
    for (const { records } of sampled) for (const id of records.ids) counts[id]! += 1;
    const weights = Array.from(row, (z) => Math.exp(z / tau));
    const total = weights.reduce((a, b) => a + b, 0);
    let chiSquare = 0;
    let bins = 0;
    let rareExpected = 0;
    let rareCount = 0;
    weights.forEach((weight, id) => {
      const expected = (rows * steps * weight) / total;
      if (expected < 5) {
        rareExpected += expected;
        rareCount += counts[id]!;
        return;
      }
      bins++;
      chiSquare += (counts[id]! - expected) ** 2 / expected;
    });
    if (rareExpected > 0) chiSquare += (rareCount - rareExpected) ** 2 / Math.max(1, rareExpected);
    expect(bins).toBeGreaterThan(3);
    // The 1e-5 point of chi-square with 20 degrees of freedom.
    expect(chiSquare).toBeLessThan(60);
    // Not the first row (tensorflow/tfjs#8057), nor any other, is stuck on one token.
    for (const { records } of sampled) expect(new Set(records.ids).size).toBeGreaterThan(1);
  });
});

describe('a batch', () => {
  const rows = 6;
  const vocabulary = 16;
  const steps = 8;
  const base = { rows, vocabulary, steps, config: { temperature: BINARY } };
  const flat = new Float32Array(rows * vocabulary);

  it('advances row states and stops at stop tokens or at the limit', async () => {
    const { sampler, run } = await open({ ...base, logits: flat });
    const stopTokens = [0, 1, 2, 3];
    sampler.start({
      seed: 1,
      stopTokens,
      maxNewTokens: 5,
      lengths: [1, 2, 3, 4, 5, 6],
      live: [true, true, true, true, true, false],
    });
    await run(steps);
    const state = new Uint32Array(await gpu.read(sampler.state));
    const sampled = await sampler.readRows();
    sampled.forEach(({ records, status, token }, row) => {
      const { ids } = records;
      const stop = ids.findIndex((id) => stopTokens.includes(id));
      const isLive = row < rows - 1;
      expect(status).toBe('done');
      expect(ids.length).toBe(isLive ? (stop < 0 ? 5 : stop + 1) : 0);
      expect(token).toBe(ids.at(-1) ?? 0);
      expect([...state.subarray(4 * row, 4 * row + 4)]).toEqual([token, row + 1 + ids.length, ids.length, 1]);
    });
    const lengths = sampled.map((row) => row.records.ids.length);
    expect(lengths).toContain(5);
    expect(lengths.some((n) => n > 0 && n < 5)).toBe(true);
  });

  it('gives the same tokens for the same seed, others for another seed or stream', async () => {
    const { sampler, run } = await open({ ...base, logits: flat });
    const ids = [];
    for (const [seed, stream] of [
      [7, 0],
      [7, 0],
      [8, 0],
      [7, 1],
      [2 ** 52, 0],
      [0, 0],
    ] as const) {
      sampler.start({ seed, stream });
      await run(steps);
      ids.push(String((await sampler.readRows()).map((row) => [...row.records.ids])));
    }
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(5);
  });

  it.each([
    ['NaN', Number.NaN],
    ['+infinity', Number.POSITIVE_INFINITY],
    ['nothing but -infinity', Number.NEGATIVE_INFINITY],
  ])('stops a row whose logits hold %s, and that row only', async (_, value) => {
    const logits = spreadLogits(rows, vocabulary)(0);
    if (value === Number.NEGATIVE_INFINITY) logits.fill(value, 2 * vocabulary, 3 * vocabulary);
    else logits[2 * vocabulary + 5] = value;
    const { sampler, run } = await open({ ...base, logits });
    sampler.start({ seed: 1 });
    await run(3);
    const sampled = await sampler.readRows();
    expect(sampled.map((row) => row.status)).toEqual(['live', 'live', 'failed', 'live', 'live', 'live']);
    expect(sampled.map((row) => row.records.ids.length)).toEqual([3, 3, 0, 3, 3, 3]);
    const [queue] = await sampler.readQueues();
    expect(queue).toHaveLength(15);
    expect(queue!.every((H) => H >= 0)).toBe(true);
  });

  it('takes changed temperatures from the next step on, and refuses what needs other kernels', async () => {
    const config = { temperature: BINARY, threshold: { rule: 'absolute', nats: 0 } } as const;
    const { sampler, run } = await open({ ...base, config, logits: flat });
    sampler.start({ seed: 1 });
    await run(2);
    sampler.setConfig(
      parseSamplerConfig({ ...config, temperature: { ...BINARY, high: 2 }, ladder: { offsets: [0, 0.5] } }),
    );
    await run(2);
    sampler.setConfig(parseSamplerConfig({ ...config, threshold: { rule: 'absolute', nats: 9 } }));
    await run(1);
    const sampled = await sampler.readRows();
    const [first, second] = sampled.map((row) => [...row.records.tau].map((tau) => tau.toFixed(1)));
    expect(first).toEqual(['1.4', '1.4', '2.0', '2.0', '0.7']);
    expect(second).toEqual(['1.4', '1.4', '2.5', '2.5', '0.7']);
    for (const change of [
      { ...config, temperature: { rule: 'rank' } },
      { ...config, queue: { scope: 'rollout' } },
      { ...config, truncation: { topK: 3 } },
    ])
      expect(() => sampler.setConfig(parseSamplerConfig(change))).toThrow(SamplerConfigError);
  });

  it('keeps queues from batch to batch when asked to, and clears them otherwise', async () => {
    const logits = spreadLogits(rows, vocabulary)(0);
    for (const keep of [true, false]) {
      const config = { temperature: BINARY, queue: { keep, capacity: 20 } };
      const { sampler, run } = await open({ ...base, config, logits });
      for (let batch = 0; batch < 2; batch++) {
        sampler.start({ seed: batch });
        await run(2);
      }
      const [queue] = await sampler.readQueues();
      expect(queue).toHaveLength(keep ? 20 : 12);
      // Oldest first: each step pushed the rows in order.
      const [a, b] = (await sampler.readRows()).map((row) => row.records.entropyNats[0]!);
      expect([...queue!.slice(-6, -4)]).toEqual([a, b]);
      sampler.loadQueues([[1, 2, 3]]);
      expect(await sampler.readQueues()).toEqual([Float32Array.of(1, 2, 3)]);
    }
  });

  it('takes a batch up again, from logits in another buffer, as if it had not stopped', async () => {
    const logits = spreadLogits(rows, vocabulary)(0);
    const config = { temperature: { rule: 'rank' } } as const;
    const { sampler, run } = await open({ ...base, config, logits });
    sampler.start({ seed: 7 });
    await run(2);
    const queues = await sampler.readQueues();
    await run(2);
    const whole = await sampler.readRows();

    const empty = new Float32Array(logits.length).fill(Number.NaN);
    const { sampler: resumed } = await open({ ...base, config, logits: empty });
    resumed.start({ seed: 7, generated: new Array<number>(rows).fill(2) });
    resumed.loadQueues(queues);
    const elsewhere = await resumed.reading(gpu.upload('test logits', logits));
    await gpu.submit({ label: 'sampler test', dispatches: [...elsewhere, ...elsewhere] });
    const behind = (row: SampledRow) => Object.values(row.records).map((values: Float32Array) => values.slice(2));
    expect((await resumed.readRows()).map(behind)).toEqual(whole.map(behind));
  });

  it('refuses what it has no room for', async () => {
    const { sampler } = await open({ ...base, logits: flat });
    expect(() => sampler.start({ seed: 1, maxNewTokens: steps + 1 })).toThrow(RangeError);
    expect(() => sampler.start({ seed: 1, stopTokens: Array.from({ length: 17 }, (_, i) => i) })).toThrow(RangeError);
    expect(() => sampler.start({ seed: 1, forced: [Int32Array.of(vocabulary)] })).toThrow(RangeError);
    expect(() => sampler.start({ seed: -1 })).toThrow(RangeError);
  });
});
