// The GPU sampler against the float64 oracle on the same noise, rule by rule: no token and no gate may differ, except
// where the oracle says that float32 cannot tell (counted).

import { afterAll, describe, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import type { SamplerConfigInput } from './config.ts';
import { type Comparison, compare, type Differences, spreadLogits, uniformNumbers } from './gpuSampler.testing.ts';

const gpu = await openGpu();
afterAll(() => gpu.destroy());

const BINARY = { rule: 'binary', high: 1.4, low: 0.7 } as const;
const RANK = { ...BINARY, rule: 'rank' } as const;
const ROWS = 12;
/** Prompts of unequal size, their rows interleaved. */
const GROUPS = Int32Array.from([5, 5, 9, 9, 9, 5, 9, 1, 1, 1, 1, 5]);
const SMALL: Omit<Comparison, 'config'> = {
  rows: ROWS,
  vocabulary: 64,
  steps: 16,
  groups: GROUPS,
  logits: spreadLogits(ROWS, 64),
};

/** Ties are rare by construction; more than one in a hundred would hide mistakes. */
function expectAgreement(d: Differences): void {
  expect(d.tokens).toBeGreaterThan(0);
  expect(d).toMatchObject({ tokenDifferences: 0, gateDifferences: 0 });
  expect(d.floatTies).toBeLessThanOrEqual(d.tokens / 100);
  expect(d.entropyNats).toBeLessThan(2e-6);
  expect(d.thresholdNats).toBeLessThan(2e-6);
  expect(d.logpTau).toBeLessThan(1e-5);
  expect(d.logp1).toBeLessThan(1e-5);
}

describe('over vocabularies', () => {
  it.each([
    [1, 8, 10],
    [2, 8, 10],
    [20, 8, 10],
    [41, 8, 10],
    [64, 8, 10],
    [1000, 8, 10],
    [32_000, 4, 2],
    [151_936, 2, 1],
  ])('V = %i', async (vocabulary, rows, steps) => {
    const logits = spreadLogits(rows, vocabulary, vocabulary);
    const found = await compare(gpu, { rows, vocabulary, steps, logits, config: { temperature: BINARY } });
    expectAgreement(found);
  });

  it('gives the same when a row is split over workgroups', async () => {
    const task = { rows: 3, vocabulary: 32_000, steps: 2, logits: spreadLogits(3, 32_000) };
    const ids = [];
    for (const splits of [1, 5]) {
      const found = await compare(gpu, { ...task, config: { temperature: BINARY }, shape: { splits } });
      expectAgreement(found);
      ids.push(found.rows.map((row) => [...row.records.ids]));
    }
    expect(ids[1]).toEqual(ids[0]);
  });
});

const RULES: Record<string, SamplerConfigInput> = {
  'a queue for each rollout': { queue: { scope: 'rollout' }, temperature: BINARY },
  'a queue for each prompt': { queue: { scope: 'prompt' }, temperature: BINARY },
  'a queue for the run': { queue: { scope: 'run' }, temperature: BINARY },
  'threshold first': { queue: { scope: 'prompt', order: 'threshold-first' }, temperature: BINARY },
  'a queue shorter than a step has rows': { queue: { capacity: 7 }, temperature: BINARY },
  'short queues, threshold first': {
    queue: { capacity: 3, scope: 'prompt', order: 'threshold-first' },
    temperature: BINARY,
  },
  'top-p, inclusive': { tie: 'inclusive', threshold: { rule: 'top-p', hotFraction: 0.3 }, temperature: BINARY },
  'an absolute threshold': { threshold: { rule: 'absolute', nats: 2.2 }, temperature: BINARY },
  'a floored threshold in each rollout': {
    queue: { scope: 'rollout' },
    threshold: { rule: 'floored', coldFraction: 0.5, floorNats: 1.5 },
    temperature: BINARY,
  },
  'a floored threshold': { threshold: { rule: 'floored', coldFraction: 0.3, floorNats: 1.5 }, temperature: BINARY },
  'warm-up hot': { queue: { warmup: { entropies: 50, use: 'hot' } }, temperature: BINARY },
  'warm-up cold': { queue: { warmup: { entropies: 50, use: 'cold' } }, temperature: BINARY },
  'warm-up at one': { queue: { order: 'threshold-first', warmup: { entropies: 50, use: 'one' } }, temperature: BINARY },
  'one fixed temperature': { temperature: { rule: 'fixed', tau: 0.9 } },
  argmax: { temperature: { rule: 'fixed', tau: 0 } },
  'argmax when cold': { temperature: { rule: 'binary', high: 1.2, low: 0 } },
  'a ladder of the hot temperature': { temperature: BINARY, ladder: { offsets: [0, -0.1, 0.1, 0.2], shifts: 'hot' } },
  'a ladder of both': { temperature: BINARY, ladder: { offsets: [0, -0.1, 0.1, 0.2], shifts: 'both' } },
  rank: { temperature: RANK },
  'rank, threshold first, warm-up': {
    temperature: RANK,
    queue: { order: 'threshold-first', scope: 'prompt', warmup: { entropies: 9, use: 'cold' } },
  },
  'rank in each rollout': { temperature: RANK, queue: { scope: 'rollout' } },
  'rank in a short queue': { temperature: RANK, queue: { capacity: 5 } },
  EDT: { temperature: { rule: 'edt', base: 1.1, theta: 0.3, n0: 0.7 } },
  'EDT on a ladder': { temperature: { rule: 'edt' }, ladder: { offsets: [0, 0.2] } },
  'top-k': { temperature: BINARY, truncation: { topK: 5 } },
  'top-k of one': { temperature: BINARY, truncation: { topK: 1 } },
  'top-p of the mass': { temperature: BINARY, truncation: { topP: 0.8 } },
  'min-p': { temperature: BINARY, truncation: { minP: 0.1 } },
  'rank and all truncations': { temperature: RANK, truncation: { topK: 20, topP: 0.9, minP: 0.02 } },
  'warm-up at one, truncated': {
    queue: { warmup: { entropies: 50, use: 'one' } },
    temperature: BINARY,
    truncation: { topP: 0.5 },
  },
};

describe('over rules', () => {
  it.each(Object.entries(RULES))('%s', async (_, config) => {
    expectAgreement(await compare(gpu, { ...SMALL, config }));
  });

  it('rows that do not take part push nothing and record nothing', async () => {
    const found = await compare(gpu, { ...SMALL, config: RULES['a queue for each prompt']!, idle: [0, 4, 11] });
    expectAgreement(found);
    expect(found.rows.map((row) => row.records.ids.length === 0)).toEqual(
      Array.from({ length: ROWS }, (_, row) => [0, 4, 11].includes(row)),
    );
  });

  const spread = spreadLogits(ROWS, 64);
  it.each<[string, string, (step: number) => Float32Array]>([
    [
      'equal entropies everywhere',
      'top-p, inclusive',
      (step) => Float32Array.from({ length: ROWS * 64 }, (_, i) => (i % 64 < 4 * (1 + (step % 3)) ? 2 : -1)),
    ],
    [
      'impossible tokens',
      'a queue for the run',
      (step) => spread(step).map((z, i) => (i % 64 < 40 ? Number.NEGATIVE_INFINITY : z)),
    ],
    ['huge logits', 'a queue for the run', (step) => spread(step).map((z) => 1e4 + 100 * z)],
  ])('%s', async (_, rule, logits) => {
    expectAgreement(await compare(gpu, { ...SMALL, config: RULES[rule]!, logits }));
  });

  it.each(['a queue for the run', 'top-p of the mass'])('forced tokens keep their own log-probs: %s', async (rule) => {
    const forced = Array.from({ length: ROWS }, (_, row) =>
      Int32Array.from({ length: row }, (__, i) => (7 * i + row) % 64),
    );
    const found = await compare(gpu, { ...SMALL, config: RULES[rule]!, forced });
    expectAgreement(found);
    expect(found.rows.map((row, i) => row.records.ids.slice(0, i))).toEqual(forced);
  });
});

describe('over queue lengths', () => {
  it.each([1, 2, 127, 128, 129, 5000, 100_000])('n = %i', async (n) => {
    const uniform = uniformNumbers(n);
    // Every third length holds many equal entropies.
    const queue = Float32Array.from({ length: n }, () =>
      n % 3 === 0 ? Math.floor(40 * uniform()) / 10 : 4 * uniform(),
    );
    const keep = { keep: true, capacity: n } as const;
    const configs: SamplerConfigInput[] = [
      { temperature: BINARY, queue: keep },
      {
        temperature: BINARY,
        queue: { ...keep, order: 'threshold-first' },
        threshold: { rule: 'top-p', hotFraction: 0.2 },
      },
      { temperature: RANK, queue: keep },
    ];
    for (const config of configs) expectAgreement(await compare(gpu, { ...SMALL, steps: 2, config, queues: [queue] }));
  });
});

describe('with the workgroups of a discrete GPU', () => {
  const shape = { gateThreads: 256, redrawThreads: 256, readThreads: 64, splits: 3 };

  it.each(['a queue for each prompt', 'rank and all truncations'])('%s', async (rule) => {
    expectAgreement(await compare(gpu, { ...SMALL, config: RULES[rule]!, shape }));
  });

  it('truncates 32 000 logits', async () => {
    const logits = spreadLogits(4, 32_000);
    const config = RULES['rank and all truncations']!;
    expectAgreement(await compare(gpu, { rows: 4, vocabulary: 32_000, steps: 1, logits, config, shape }));
  });
});
