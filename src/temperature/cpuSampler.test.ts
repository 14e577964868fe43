// The CPU sampler against the oracle, on the same noise: equal tokens wherever the oracle's decision was not a float tie.

import { describe, expect, it } from 'vitest';
import { ReferenceSampler, type StepRecord } from '../reference/sampler.ts';
import { parseSamplerConfig, type SamplerConfig, type SamplerConfigInput } from './config.ts';
import { CpuSampler, type SamplerStep } from './cpuSampler.ts';
import { philox4x32, unitInterval } from './philox.ts';

/** Decisions nearer than this may go either way in float32. */
const TIE = 1e-6;

/** Reproducible uniform numbers for the tests' own choices. */
function uniforms(seed: number): () => number {
  const words = new Uint32Array(4);
  let drawn = 0;
  return () => {
    philox4x32(words, drawn, 0, 0, 0, seed, 0xc0ffee);
    drawn += 1;
    return unitInterval(words[0]!);
  };
}

function randomConfig(uniform: () => number): SamplerConfig {
  const pick = <T>(values: readonly T[]) => values[Math.floor(uniform() * values.length)]!;
  const input: SamplerConfigInput = {
    queue: {
      capacity: pick([1, 3, 10, 50, 1000, 100_000]),
      scope: pick(['rollout', 'prompt', 'run']),
      order: pick(['push-first', 'threshold-first']),
      warmup: { entropies: pick([0, 0, 5, 20]), use: pick(['hot', 'cold', 'one']) },
    },
    threshold: pick<SamplerConfigInput['threshold']>([
      { rule: 'quantile', coldFraction: uniform() },
      { rule: 'top-p', hotFraction: uniform() },
      { rule: 'absolute', nats: uniform() * 2 },
      { rule: 'floored', coldFraction: uniform(), floorNats: uniform() },
    ]),
    tie: pick(['strict', 'inclusive']),
    temperature: pick<SamplerConfigInput['temperature']>([
      { rule: 'binary', high: 1.5, low: 0.8 },
      { rule: 'binary', high: 1.2, low: 0 },
      { rule: 'rank', high: 1.6, low: 0.7 },
      { rule: 'edt', base: 1.1, theta: uniform() },
      { rule: 'fixed', tau: 1.3 },
    ]),
    ladder: { offsets: pick([[0], [0, 0.3], [0, 0.1, 0.2, 0.3]]), shifts: pick(['hot', 'both']) },
    truncation: pick<SamplerConfigInput['truncation']>([
      {},
      {},
      { topK: 5 },
      { topP: 0.8 },
      { minP: 0.1 },
      { topK: 12, topP: 0.9, minP: 0.05 },
    ]),
  };
  return parseSamplerConfig(input, 'evaluation');
}

/** [rows, V]; some rows repeat, so that entropies tie, and some tokens are impossible or tie. */
function randomLogits(uniform: () => number, rows: number, vocabulary: number): Float32Array {
  const logits = Float32Array.from({ length: rows * vocabulary }, () => 8 * (uniform() - 0.5));
  for (let row = 0; row < rows; row++) {
    const start = row * vocabulary;
    if (uniform() < 0.2) logits.copyWithin(start, 0, vocabulary);
    if (uniform() < 0.2) logits[start + 1] = logits[start + 2]!;
    if (uniform() < 0.2) logits[start + 3] = Number.NEGATIVE_INFINITY;
  }
  return logits;
}

interface Tally {
  tokens: number;
  ties: number;
}

/** Compares one row's record; a tie of the oracle's is counted instead, and says what may follow from it. */
function compare(ours: SamplerStep, oracle: StepRecord, tally: Tally): void {
  const { row, margins } = oracle;
  tally.tokens += 1;
  expect(ours.entropyNats[row]).toBeCloseTo(oracle.entropyNats, 5);
  expect(ours.queueLength[row]).toBe(oracle.queueLength);
  if (Number.isNaN(oracle.thresholdNats)) expect(ours.thresholdNats[row]).toBeNaN();
  else expect(ours.thresholdNats[row]).toBeCloseTo(oracle.thresholdNats, 5);
  // A margin of exactly 0 is a tie of equal numbers, which both decide by the same rule.
  const near = (margin: number) => margin !== 0 && margin < TIE;
  if (near(margins.gateNats) || near(margins.race) || near(margins.cut)) {
    tally.ties += 1;
    return;
  }
  expect(ours.hot[row]).toBe(oracle.hot);
  expect(ours.tau[row]).toBeCloseTo(oracle.tau, 5);
  expect(ours.token[row]).toBe(oracle.token);
  expect(ours.logp1[row]).toBeCloseTo(oracle.logp1, 4);
  if (Number.isFinite(oracle.logpTau)) expect(ours.logpTau[row]).toBeCloseTo(oracle.logpTau, 4);
  else expect(ours.logpTau[row]).toBe(oracle.logpTau);
}

describe('CpuSampler', () => {
  it('draws the tokens of the oracle under random settings', () => {
    const tally: Tally = { tokens: 0, ties: 0 };
    for (let trial = 0; trial < 150; trial++) {
      const uniform = uniforms(trial);
      const config = randomConfig(uniform);
      const rows = 1 + Math.floor(uniform() * 8);
      const vocabulary = 5 + Math.floor(uniform() * 60);
      const groups = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 3));
      const noise = { seed: 1 + trial * 7919, stream: trial % 3 };
      const kept = uniform() < 0.5 ? [] : [Float32Array.from({ length: 30 }, () => uniform() * 3)];
      const ours = new CpuSampler(config, { groups, vocabulary, ...noise, queues: kept });
      const oracle = new ReferenceSampler(config, { group: groups, ...noise }, kept);
      for (let step = 0; step < 12; step++) {
        const logits = randomLogits(uniform, rows, vocabulary);
        const live = Array.from({ length: rows }, () => uniform() < 0.8);
        const forced = Int32Array.from({ length: rows }, () =>
          uniform() < 0.1 ? Math.floor(uniform() * vocabulary) : -1,
        );
        const record = ours.step(logits, live, forced);
        const split = Array.from({ length: rows }, (_, row) =>
          logits.subarray(row * vocabulary, (row + 1) * vocabulary),
        );
        for (const expected of oracle.step(split, live, Array.from(forced))) compare(record, expected, tally);
      }
      const queues = ours.readQueues();
      oracle.readQueues().forEach((queue, i) => {
        expect(Array.from(queues[i]!)).toEqual(Array.from(queue, (H) => expect.closeTo(H, 5)));
      });
    }
    expect(tally.tokens).toBeGreaterThan(5000);
    expect(tally.ties).toBeLessThan(tally.tokens / 500);
  });

  it('draws the tokens of the oracle from a vocabulary of 151 936', () => {
    const vocabulary = 151_936;
    const uniform = uniforms(42);
    const tally: Tally = { tokens: 0, ties: 0 };
    for (const truncation of [{}, { topK: 50 }, { topP: 0.9 }]) {
      const config = parseSamplerConfig({ truncation });
      const logits = Float32Array.from({ length: 2 * vocabulary }, () => 20 * uniform());
      const ours = new CpuSampler(config, { groups: [0, 0], vocabulary, seed: 5 }).step(logits, [true, true]);
      const split = [logits.subarray(0, vocabulary), logits.subarray(vocabulary)];
      const oracle = new ReferenceSampler(config, { group: [0, 0], seed: 5, stream: 0 }).step(split, [true, true]);
      for (const expected of oracle) compare(ours, expected, tally);
    }
    expect(tally).toEqual({ tokens: 6, ties: 0 });
  });

  it('draws tempered probabilities (chi-square)', () => {
    const config = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1.7 } });
    const z = Float32Array.of(0, 1, 2, -1, 0.5, 1.5, -2);
    const weights = Array.from(z, (x) => Math.exp(x / 1.7));
    const total = weights.reduce((a, b) => a + b);
    const rows = 20_000;
    const logits = new Float32Array(rows * z.length).map((_, i) => z[i % z.length]!);
    const sampler = new CpuSampler(config, { groups: new Int32Array(rows), vocabulary: z.length, seed: 11 });
    const { token } = sampler.step(logits, new Uint8Array(rows).fill(1));
    const counts = new Float64Array(z.length);
    for (const t of token) counts[t]! += 1;
    const chiSquare = weights.reduce((sum, w, i) => {
      const expected = (rows * w) / total;
      return sum + (counts[i]! - expected) ** 2 / expected;
    }, 0);
    // The 99.9 % point of chi-square with 6 degrees of freedom.
    expect(chiSquare).toBeLessThan(22.46);
  });

  it('goes on from exported queues as if it had not stopped', () => {
    const config = parseSamplerConfig({ queue: { capacity: 40 }, temperature: { rule: 'rank' } });
    const vocabulary = 16;
    const settings = { groups: [0, 0, 1, 1], vocabulary, seed: 3 };
    const uniform = uniforms(9);
    const steps = Array.from({ length: 20 }, () => randomLogits(uniform, 4, vocabulary));
    const live = [true, true, true, true];
    const whole = new CpuSampler(config, settings);
    for (const logits of steps.slice(0, 10)) whole.step(logits, live);
    const resumed = new CpuSampler(config, { ...settings, queues: whole.readQueues(), generated: [10, 10, 10, 10] });
    for (const logits of steps.slice(10)) expect(resumed.step(logits, live)).toEqual(whole.step(logits, live));
  });

  it('refuses logits without a distribution and forced tokens outside the vocabulary', () => {
    const sampler = () => new CpuSampler(parseSamplerConfig({}), { groups: [0], vocabulary: 3, seed: 0 });
    expect(() => sampler().step(Float32Array.of(0, Number.NaN, 1), [true])).toThrow('largest logit of row 0 is NaN');
    expect(() => sampler().step(Float32Array.of(0, 1, 2), [true], Int32Array.of(3))).toThrow('forced token 3');
  });
});
