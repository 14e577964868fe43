// The small computations behind the panels.

import { describe, expect, it } from 'vitest';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { colourScale, paintOf } from './colours.ts';
import { distributionColumns } from './columns.ts';
import { figure } from './formula.ts';
import { histogram } from './queueWindow.ts';
import { gateCounts, isHotAt, relabelled } from './relabel.ts';

describe('relabelling', () => {
  const tokens = [
    { entropyNats: 1, role: 'fork', isHot: true },
    { entropyNats: 0.5, role: 'fork', isHot: false },
    { entropyNats: 0.5, role: 'knowledge', isHot: true },
    { entropyNats: 0.1, role: null, isHot: true },
  ] as const;

  it('counts hot tokens, and how well they are forks, among those of known role', () => {
    expect(gateCounts(tokens)).toEqual({ tokens: 4, hot: 3, precision: 1 / 2, recall: 1 / 2 });
    expect(gateCounts([])).toEqual({ tokens: 0, hot: 0, precision: null, recall: null });
  });

  it('judges equal entropies by the tie rule', () => {
    expect(isHotAt(0.5, 0.5, 'strict')).toBe(false);
    expect(isHotAt(0.5, 0.5, 'inclusive')).toBe(true);
    expect(gateCounts(relabelled(tokens, 0.5, 'strict')).hot).toBe(1);
    expect(gateCounts(relabelled(tokens, 0.5, 'inclusive')).hot).toBe(3);
  });
});

describe('distributions', () => {
  const logp1 = Float32Array.of(0.6, 0.3, 0.1).map(Math.log);

  it('stand at T_low and T_high, the ladder included, and one of them is used', () => {
    const sampler = parseSamplerConfig({
      temperature: { rule: 'binary', high: 2, low: 0.5 },
      ladder: { offsets: [0, 0.5] },
    });
    const columns = distributionColumns(logp1, sampler, 1, 2.5, true);
    expect(columns.map(({ kind, tau, isUsed }) => [kind, tau, isUsed])).toEqual([
      ['raw', 1, false],
      ['cold', 1, false],
      ['hot', 2.5, true],
    ]);
  });

  it('show the temperature itself where it is neither of the two', () => {
    const rank = parseSamplerConfig({ temperature: { rule: 'rank', high: 2, low: 0.5 } });
    expect(distributionColumns(logp1, rank, 0, 1.25, true).at(-1)).toMatchObject({
      kind: 'drawn',
      tau: 1.25,
      isUsed: true,
    });
    const fixed = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 0.7 } });
    expect(distributionColumns(logp1, fixed, 0, 0.7, false).map(({ kind }) => kind)).toEqual(['raw', 'drawn']);
  });

  it('keep what truncation keeps, renormalised, and say what the others had', () => {
    const sampler = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 }, truncation: { topK: 2 } });
    const [raw, drawn] = distributionColumns(logp1, sampler, 0, 1, false);
    expect(raw!.kept[2]).toBeCloseTo(0.1);
    expect([...drawn!.kept]).toEqual([expect.closeTo(2 / 3), expect.closeTo(1 / 3), 0]);
    expect(drawn!.p[2]).toBeCloseTo(0.1);
  });
});

it('counts entropies in bins, the last one holding what is above', () => {
  expect(histogram([0, 0.24, 0.25, 0.99, 1, 7], 4, 1)).toEqual([2, 1, 0, 3]);
});

it('paints signed numbers around 0 and rising ones over their range', () => {
  expect(paintOf('advantage', -1, { least: -1, most: 2 }, null)).toEqual({ kind: 'signed', value: -0.5 });
  expect(paintOf('entropy', 1, { least: 0, most: 4 }, null)).toEqual({ kind: 'rising', value: 0.25 });
  expect(paintOf('tau', 1, { least: 1, most: 1 }, null)).toEqual({ kind: 'rising', value: 0.5 });
  expect(colourScale('share', [], [], null)).toBeNull();
});

it('writes numbers with a true minus and as many digits as help', () => {
  expect([0, -0.72444, 1234.56, 0.00001234, -2e-7].map(figure)).toEqual([
    '0',
    '−0.7244',
    '1235',
    '1.23e−5',
    '−2.00e−7',
  ]);
});
