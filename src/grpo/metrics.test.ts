import { describe, expect, it } from 'vitest';
import { parseSamplerConfig } from '../temperature/config.ts';
import { collectMetrics, expectedDead, offsetName, repetition } from './metrics.ts';
import { awkwardRecord, awkwardRollout } from './rolloutRecord.testing.ts';
import type { RolloutRecord } from './rolloutRecord.ts';

describe('expectedDead', () => {
  it('is the mean of p^G + (1 - p)^G over the posterior of p', () => {
    // By Simpson's rule over p = sin^2 x, which takes the ends of Beta's density away.
    const posterior = (correct: number, size: number) => {
      const [a, b, n] = [correct + 0.5, size - correct + 0.5, 2000];
      let [mass, value] = [0, 0];
      for (let i = 0; i <= n; i++) {
        const x = (Math.PI / 2) * (i / n);
        const [s, c] = [Math.sin(x), Math.cos(x)];
        const weight = (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * s ** (2 * a - 1) * c ** (2 * b - 1);
        mass += weight;
        value += weight * (s ** (2 * size) + c ** (2 * size));
      }
      return value / mass;
    };
    for (const [correct, size] of [
      [0, 8],
      [1, 8],
      [4, 8],
      [8, 8],
      [2, 3],
    ] as const)
      expect(expectedDead(correct, size)).toBeCloseTo(posterior(correct, size), 9);
  });
});

describe('repetition', () => {
  it('is the share of runs that stand earlier already', () => {
    expect(repetition([1, 2, 1, 2, 1, 2], 2)).toBe(1 - 2 / 5);
    expect(repetition([1, 2, 3, 4, 5], 2)).toBe(0);
    expect(repetition([7, 7, 7, 7, 7], 4)).toBe(0.5);
    expect(repetition([1, 2, 3, 4])).toBeNull();
  });
});

describe('offsetName', () => {
  it('is short and signed', () =>
    expect([0, 0.1, -0.3, 0.1 + 0.2].map(offsetName)).toEqual(['0', '+0.1', '-0.3', '+0.3']));
});

describe('collectMetrics', () => {
  const record = (group: number, member: number, own: Partial<RolloutRecord>): RolloutRecord => ({
    ...awkwardRecord(awkwardRollout([5, 6]), 'ab'),
    group,
    member,
    ladderOffset: member === 0 ? 0 : 0.5,
    scored: null,
    ...own,
  });
  const tokens = (
    entropyNats: number[],
    hot: (0 | 1)[],
    role: RolloutRecord['role'],
    thresholdNats: (number | null)[],
  ): Partial<RolloutRecord> => ({ ids: entropyNats.map((_, t) => t), entropyNats, hot, role, thresholdNats });
  const drawn = [
    record(0, 0, {
      reward: 1,
      outcome: 'ok',
      completion: 'x',
      ...tokens([1, 0.5], [1, 0], ['fork', 'format'], [null, 0.6]),
    }),
    record(0, 1, { reward: 0.5, outcome: 'ok', completion: 'x', ...tokens([2], [1], ['knowledge'], [0.8]) }),
    record(1, 0, {
      reward: 0,
      outcome: 'illegal',
      finished: false,
      completion: 'y',
      ...tokens([0], [0], ['fork'], [1]),
    }),
    record(1, 1, { reward: 0, outcome: 'format', completion: 'z', ...tokens([0.25], [1], [null], [0]) }),
  ];
  const metrics = collectMetrics({
    drawn,
    sampler: parseSamplerConfig({ ladder: { offsets: [0, 0.5] } }),
    generationBatches: 2,
    keptGroups: 1,
    tokens: 99,
  });

  it('says what was drawn', () => {
    expect(metrics).toMatchObject({
      reward: 0.375,
      reward_std: Math.SQRT1_2 * 0.25,
      frac_reward_zero_std: 0.5,
      'pass@G': 0.5,
      distinct_answers: 1.5,
      // Both groups agree in what the verifier says, although a penalty tells the first one's rollouts apart.
      'dead_groups/observed': 1,
      'dead_groups/expected': expectedDead(0, 2),
      'outcomes/ok': 0.5,
      'outcomes/illegal': 0.25,
      'outcomes/format': 0.25,
      'outcomes/wrong answer': 0,
      'reward/tau/0': 0.5,
      'reward/tau/+0.5': 0.25,
      entropy: 3.75 / 5,
      'entropy/hot': 3.25 / 3,
      'entropy/cold': 0.25,
      'entropy/role/fork': 0.5,
      'entropy/role/knowledge': 2,
      'entropy/role/format': 0.5,
      hot_fraction: 0.6,
      // Of the hot tokens of known role, one of two forks; of two forks, one is hot.
      'gate/precision': 0.5,
      'gate/recall': 0.5,
      'completions/mean_length': 1.25,
      'completions/clipped_ratio': 0.25,
      repetition: null,
      groups_discarded: 1,
      generation_batches: 2,
      num_tokens: 99,
      'temperature/high': 1.2,
      'temperature/low': 1,
    });
    expect(metrics['threshold']).toBeCloseTo(0.6, 12);
  });

  it('holds numbers that JSON keeps, or null', () => {
    expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics);
    expect(Object.values(metrics).every((value) => value === null || Number.isFinite(value))).toBe(true);
  });
});
