import { describe, expect, it } from 'vitest';
import { gate } from './gate.ts';

const ROLLOUTS = [
  { entropyNats: [1, 0, 0.5, 0], roles: ['fork', 'knowledge', 'fork', 'format'] as const },
  { entropyNats: [0.25, 2], roles: ['knowledge', null] as const },
];

describe('gate', () => {
  it('calls hot what lies above the k-quantile of all entropies', () => {
    // Sorted: 0 0 .25 .5 1 2; the .6-quantile is .5.
    const { thresholdNats, hot, precision, recall, forkShare } = gate(ROLLOUTS, 0.6);
    expect(thresholdNats).toBe(0.5);
    expect(hot).toEqual([
      [true, false, false, false],
      [false, true],
    ]);
    expect([precision, recall, forkShare]).toEqual([1, 0.5, 0.4]);
  });

  it('calls nothing hot at k = 1, and says that there is no precision then', () => {
    const { hot, precision, recall } = gate(ROLLOUTS, 1);
    expect(hot.flat()).not.toContain(true);
    expect([precision, recall]).toEqual([null, 0]);
  });

  it('has no threshold without tokens', () => {
    expect(gate([], 0.5)).toMatchObject({ thresholdNats: Number.NaN, precision: null, recall: null, forkShare: null });
  });
});
