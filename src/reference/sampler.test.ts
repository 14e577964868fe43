import { describe, expect, test } from 'vitest';
import { parseSamplerConfig, type SamplerConfigInput } from '../temperature/config.ts';
import { softmaxEntropyNats } from './distribution.ts';
import { ReferenceSampler, type StepRecord } from './sampler.ts';

/** Logits of rising entropy: a coin that falls on one side with probability 1 - p, for p = .01, .02, ... */
const coin = (hundredths: number) => Float64Array.of(Math.log(1 - hundredths / 100), Math.log(hundredths / 100));
const entropyOf = (hundredths: number) => softmaxEntropyNats(coin(hundredths));

const BINARY: SamplerConfigInput = { temperature: { rule: 'binary', high: 1.5, low: 0.5 } };
/** The median of the window. */
const MEDIAN: SamplerConfigInput['threshold'] = { rule: 'quantile', coldFraction: 0.5 };

/** Steps rows of coins through a sampler; null is a row that is done. */
function run(
  input: SamplerConfigInput,
  steps: readonly (readonly (number | null)[])[],
  group: readonly number[] = steps[0]!.map(() => 0),
  purpose: 'training' | 'evaluation' = 'training',
): StepRecord[][] {
  const sampler = new ReferenceSampler(parseSamplerConfig(input, purpose), { group, seed: 7, stream: 0 });
  return steps.map((step) =>
    sampler.step(
      step.map((h) => coin(h ?? 50)),
      step.map((h) => h !== null),
    ),
  );
}

const hots = (records: StepRecord[][]) => records.map((step) => step.map((r) => r.hot));
const taus = (records: StepRecord[][]) => records.map((step) => step.map((r) => r.tau));
const lengths = (records: StepRecord[][]) => records.map((step) => step.map((r) => r.queueLength));
const f32 = Math.fround;

describe('the queue', () => {
  test('push-first: each row is judged by a window that holds all rows of its step', () => {
    const records = run({ ...BINARY, threshold: MEDIAN }, [
      [1, 3, 2],
      [4, 5, 6],
    ]);
    expect(lengths(records)).toEqual([
      [3, 3, 3],
      [6, 6, 6],
    ]);
    expect(records[0]!.map((r) => r.thresholdNats)).toEqual([entropyOf(2), entropyOf(2), entropyOf(2)]);
    expect(hots(records)).toEqual([
      [0, 1, 0],
      [1, 1, 1],
    ]);
  });

  test('threshold-first: each row is judged by the steps before', () => {
    const records = run({ ...BINARY, threshold: MEDIAN, queue: { order: 'threshold-first' } }, [
      [1, 3, 2],
      [4, 1, 6],
    ]);
    expect(lengths(records)).toEqual([
      [0, 0, 0],
      [3, 3, 3],
    ]);
    // An empty window has no threshold, and falls back to hot by default.
    expect(records[0]!.map((r) => r.thresholdNats)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(hots(records)).toEqual([
      [1, 1, 1],
      [1, 0, 1],
    ]);
    expect(taus(records)[1]).toEqual([1.5, 0.5, 1.5]);
  });

  test('keeps the last N entropies, in row order', () => {
    const config = parseSamplerConfig({ ...BINARY, queue: { capacity: 3 } });
    const sampler = new ReferenceSampler(config, { group: [0, 0], seed: 1, stream: 0 });
    for (const [a, b] of [
      [1, 2],
      [3, 4],
    ] as const)
      sampler.step([coin(a), coin(b)], [true, true]);
    expect(sampler.readQueues()).toEqual([Float64Array.of(entropyOf(2), entropyOf(3), entropyOf(4))]);
  });

  test('a row that is done pushes and records nothing', () => {
    const records = run(BINARY, [
      [1, null, 2],
      [1, null, 2],
    ]);
    expect(records.map((step) => step.map((r) => r.row))).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(lengths(records)).toEqual([
      [2, 2],
      [4, 4],
    ]);
  });

  test.each([
    ['rollout', [1, 1, 1, 1], 4],
    ['prompt', [2, 2, 2, 2], 2],
    ['run', [4, 4, 4, 4], 1],
  ] as const)('scope %s', (scope, expected, count) => {
    const config = parseSamplerConfig({ ...BINARY, queue: { scope } });
    const sampler = new ReferenceSampler(config, { group: [5, 5, 9, 9], seed: 1, stream: 0 });
    const records = sampler.step([1, 2, 3, 4].map(coin), [true, true, true, true]);
    expect(records.map((r) => r.queueLength)).toEqual(expected);
    expect(sampler.readQueues().length).toBe(count);
  });

  test('goes on from the entropies it is given, cut to its capacity', () => {
    const config = parseSamplerConfig({ ...BINARY, threshold: MEDIAN, queue: { capacity: 4 } });
    const kept = [Float32Array.of(9, 9, 0.1, 0.2, 0.3)];
    const sampler = new ReferenceSampler(config, { group: [0], seed: 1, stream: 0 }, kept);
    const [record] = sampler.step([coin(50)], [true]);
    expect(record!.queueLength).toBe(4);
    expect(record!.thresholdNats).toBeCloseTo((0.2 + 0.3) / 2, 7);
  });
});

describe('warm-up', () => {
  test.each([
    ['hot', 1.5, 1],
    ['cold', 0.5, 0],
    ['one', 1, 0],
  ] as const)('%s until the window holds W entropies', (use, tau, hot) => {
    const records = run({ ...BINARY, threshold: MEDIAN, queue: { warmup: { entropies: 3, use } } }, [
      [1],
      [2],
      [3],
      [1],
    ]);
    expect(taus(records).flat()).toEqual([tau, tau, 1.5, 0.5]);
    expect(hots(records).flat()).toEqual([hot, hot, 1, 0]);
    // The threshold is recorded all the same.
    expect(records[0]![0]!.thresholdNats).toBe(entropyOf(1));
  });

  test('the rank rule falls back too', () => {
    const records = run(
      {
        temperature: { rule: 'rank', high: 1.5, low: 0.5 },
        queue: { order: 'threshold-first', warmup: { use: 'cold' } },
      },
      [[10], [20]],
    );
    expect(taus(records).flat()).toEqual([0.5, 1.5]);
  });

  test('fixed and EDT do not: their temperature needs no window', () => {
    const queue = { warmup: { entropies: 9, use: 'hot' } } as const;
    expect(taus(run({ temperature: { rule: 'fixed', tau: 0.75 }, queue }, [[1, 2]]))).toEqual([[0.75, 0.75]]);
    const edt = run({ temperature: { rule: 'edt', base: 1, theta: 0.1, n0: 0.8 }, queue }, [[50, 50]]);
    expect(taus(edt)).toEqual([[f32(0.8 ** (0.1 / Math.LN2)), f32(0.8 ** (0.1 / Math.LN2))]]);
    // Their hot flag is by the threshold: equal entropies are not above their quantile.
    expect(hots(edt)).toEqual([[0, 0]]);
  });

  test('without a window nothing is hot under the fixed rule', () => {
    const config = { temperature: { rule: 'fixed', tau: 1 }, queue: { order: 'threshold-first' } } as const;
    expect(hots(run(config, [[1], [2]]))).toEqual([[0], [1]]);
  });
});

describe('ties', () => {
  test.each([
    ['strict', 0],
    ['inclusive', 1],
  ] as const)('an entropy at its threshold is %s', (tie, hot) => {
    const [step] = run({ ...BINARY, threshold: MEDIAN, tie }, [[3, 3, 3]]);
    expect(step!.map((r) => r.hot)).toEqual([hot, hot, hot]);
    expect(step!.map((r) => r.margins.gateNats)).toEqual([0, 0, 0]);
  });
});

describe('temperature rules', () => {
  test('rank: from low at the coldest to high at the hottest', () => {
    const config: SamplerConfigInput = { temperature: { rule: 'rank', high: 1.5, low: 0.5 } };
    expect(taus(run(config, [[3, 1, 2, 2, 9]]))).toEqual([[1.25, 0.5, 0.875, 0.875, 1.5]]);
    expect(taus(run(config, [[3]]))).toEqual([[1]]);
  });

  test('rank: stays between low and high when a step is longer than the queue', () => {
    const config: SamplerConfigInput = { temperature: { rule: 'rank', high: 1.5, low: 0.1 }, queue: { capacity: 2 } };
    expect(taus(run(config, [[1, 9, 4, 5]]))).toEqual([[f32(0.1), 1.5, f32(0.1), 1.5]]);
  });

  test('EDT: colder where the policy is surer, never below least', () => {
    const config: SamplerConfigInput = { temperature: { rule: 'edt', base: 1.2, theta: 0.5, n0: 0.7, least: 0.3 } };
    const [step] = run(config, [[1, 10, 50]]);
    const formula = (h: number) => 1.2 * 0.7 ** (0.5 / entropyOf(h));
    expect(formula(1)).toBeLessThan(0.3);
    expect(step!.map((r) => r.tau)).toEqual([f32(0.3), f32(formula(10)), f32(formula(50))]);
  });

  test('EDT: a certain token gets least', () => {
    const sampler = new ReferenceSampler(parseSamplerConfig({ temperature: { rule: 'edt', n0: 1 } }), {
      group: [0],
      seed: 1,
      stream: 0,
    });
    expect(sampler.step([Float64Array.of(0, 1000)], [true])[0]!.tau).toBe(f32(0.05));
  });

  test('the ladder goes round within each group and shifts what it is told to', () => {
    const offsets = [0, 0.25, -0.25];
    const step = [1, 1, 1, 1, 50, 50, 50];
    const group = [3, 3, 3, 3, 8, 8, 8];
    const both = run({ ...BINARY, threshold: MEDIAN, ladder: { offsets, shifts: 'both' } }, [step], group);
    expect(taus(both)).toEqual([[0.5, 0.75, 0.25, 0.5, 1.5, 1.75, 1.25]]);
    const hot = run({ ...BINARY, threshold: MEDIAN, ladder: { offsets, shifts: 'hot' } }, [step], group);
    expect(taus(hot)).toEqual([[0.5, 0.5, 0.5, 0.5, 1.5, 1.75, 1.25]]);
    const fixed = run({ temperature: { rule: 'fixed', tau: 1 }, ladder: { offsets } }, [step], group);
    expect(taus(fixed)).toEqual([[1, 1.25, 0.75, 1, 1, 1.25, 0.75]]);
  });
});

describe('the draw', () => {
  const FIXED_2: SamplerConfigInput = { temperature: { rule: 'fixed', tau: 2 } };
  const THREE = Float64Array.of(Math.log(0.7), Math.log(0.2), Math.log(0.1));

  test('log-probs: at tau over what was kept, and at 1 over all', () => {
    const config = parseSamplerConfig({ ...FIXED_2, truncation: { topK: 2 } });
    const sampler = new ReferenceSampler(config, { group: [0], seed: 1, stream: 0 });
    const root = (p: number) => Math.sqrt(p) / (Math.sqrt(0.7) + Math.sqrt(0.2));
    const seen = new Set<number>();
    for (let step = 0; step < 50; step++) {
      const [record] = sampler.step([THREE], [true]);
      const p = [0.7, 0.2][record!.token]!;
      expect(record!.logpTau).toBeCloseTo(Math.log(root(p)), 14);
      expect(record!.logp1).toBeCloseTo(Math.log(p), 14);
      seen.add(record!.token);
    }
    // Fresh noise at every position: both kept tokens come up, the cut one never.
    expect([...seen].sort()).toEqual([0, 1]);
  });

  test('a forced token is taken and recorded with its own log-probs, and the noise goes on as without it', () => {
    const sampler = () => new ReferenceSampler(parseSamplerConfig(FIXED_2), { group: [0, 0], seed: 1, stream: 0 });
    const live = [true, true];
    const free = sampler();
    const forced = sampler();
    free.step([THREE, THREE], live);
    const [record, other] = forced.step([THREE, THREE], live, [2, -1]);
    expect(record!.token).toBe(2);
    expect(record!.logp1).toBeCloseTo(Math.log(0.1), 14);
    expect(other!.token).not.toBe(-1);
    expect(forced.step([THREE, THREE], live)).toEqual(free.step([THREE, THREE], live));
  });

  test('tau = 0 takes the largest logit with certainty', () => {
    const records = run({ temperature: { rule: 'fixed', tau: 0 } }, [[40], [40]], [0], 'evaluation');
    expect(records.flat().map((r) => [r.token, r.logpTau, r.tau])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('logits without a distribution are refused', () => {
    const sampler = new ReferenceSampler(parseSamplerConfig(FIXED_2), { group: [0], seed: 1, stream: 0 });
    expect(() => sampler.step([Float64Array.of(1, Number.NaN)], [true])).toThrow('The largest logit of row 0 is NaN');
    expect(() => sampler.step([Float64Array.of(1, Number.POSITIVE_INFINITY)], [true])).toThrow('row 0 is Infinity');
  });
});
