import { describe, expect, it } from 'vitest';
import { seedInterval } from '../../experiments/seedStatistics.ts';
import { debiasedMean } from '../charts/smooth.ts';
import type { StoredRun } from '../storage/stored.ts';
import { curvesOf, groupedRun, storedRun } from './compare.testing.ts';
import { NO_CURVES } from './curves.ts';
import { differingFields, fieldText, shortNames } from './differing.ts';
import { groupSeries, groupsOf } from './groups.ts';
import { longCsv, longJsonl } from './longFile.ts';
import { commonStep, measured } from './measured.ts';
import { metricGroups } from './metrics.ts';
import { runDiff } from './runDiff.ts';

const binary = (high: number, seed = 0) =>
  ({ seed, sampler: { temperature: { rule: 'binary', high, low: 0.8 } } }) as const;
const fixed = { sampler: { temperature: { rule: 'fixed', tau: 1 } } } as const;

describe('what differs', () => {
  it('is each field that is not equal in all runs, by the name that its control has', () => {
    const runs = [storedRun('a', binary(1.2)), storedRun('b', binary(1.4, 3)), storedRun('c', binary(1.2))];
    const fields = differingFields(runs);
    expect(fields.map(({ label }) => label)).toEqual(['T_high', 'Seed']);
    expect(runs.map((run) => fields.map(({ field }) => fieldText(run, field)))).toEqual([
      ['1.2', '0'],
      ['1.4', '3'],
      ['1.2', '0'],
    ]);
    expect(differingFields(runs.slice(0, 1))).toEqual([]);
  });

  it('says where a rule has no such place', () => {
    const runs = [storedRun('a', binary(1.2)), storedRun('b', fixed)];
    const texts = differingFields(runs).map(({ field, label }) => [label, ...runs.map((run) => fieldText(run, field))]);
    expect(texts).toContainEqual(['T_high', '1.2', '–']);
    expect(texts).toContainEqual(['τ', '–', '1']);
    expect(texts).toContainEqual(['Temperature rule', 'Two temperatures', 'Fixed']);
  });

  it('names runs shortly: as the reader did, or by what differs, and no two alike', () => {
    const runs = [
      storedRun('a', binary(1.2)),
      storedRun('b', binary(1.4)),
      storedRun('c', binary(1.4)),
      storedRun('d', binary(1.4), { name: 'mine' }),
    ];
    const named = (...of: readonly StoredRun[]) => shortNames(of.map((run) => ({ run, curves: NO_CURVES })));
    expect(named(...runs)).toEqual(['T_high 1.2', 'T_high 1.4', 'T_high 1.4 (2)', 'mine']);
    const { identity } = runs[0]!;
    const there = { ...runs[0]!, identity: { ...identity, adapter: 'another GPU' } };
    expect(named(runs[0]!, there)).toEqual(['machine a test', 'machine another GPU']);
    const { config } = runs[1]!.identity;
    const apart = { ...runs[1]!, identity: { ...there.identity, config } };
    expect(named(runs[0]!, apart)).toEqual(['T_high 1.2', 'T_high 1.4']);
    const annotations = [{ step: 3, stage: 'collect', high: 2 }] as const;
    expect(shortNames([{ run: apart, curves: { annotations } }])).toEqual([`${apart.name}, changed live`]);
  });
});

describe('a metric of a run', () => {
  it('has a last, a best and one at a step, over the values there are', () => {
    const curves = curvesOf([0.1, 0.5, 0.2, 0.5, null]);
    expect(measured(curves, 'reward', 'highest', 2)).toEqual({ last: 0.5, best: 0.5, bestStep: 1, atStep: 0.2 });
    expect(measured(curves, 'reward', 'lowest', 4)).toEqual({ last: 0.5, best: 0.1, bestStep: 0, atStep: Number.NaN });
    expect(measured(curves, 'kl', 'lowest', null)).toEqual({
      last: Number.NaN,
      best: Number.NaN,
      bestStep: null,
      atStep: Number.NaN,
    });
  });

  it('can be read at the last step that all have', () => {
    expect(commonStep([curvesOf([0, 0, 0]), curvesOf([0, 0])])).toBe(1);
    expect(commonStep([curvesOf([0]), curvesOf([])])).toBeNull();
    expect(commonStep([])).toBeNull();
  });
});

describe('metrics', () => {
  it('are called as in the charts of one run, and none is left out', () => {
    const names = ['entropy/hot', 'reward', 'reward/tau/-0.1', 'pass@G', 'something new', 'grad_norm'];
    const groups = metricGroups(names);
    expect(groups.map(({ title, metrics }) => [title, metrics.map((info) => info.title)])).toEqual([
      ['Learning', ['Reward', 'Reward: pass@G', 'Reward by temperature: τ −0.1']],
      ['Entropy and the gate', ['Entropy: hot']],
      ['Update', ['Gradient norm']],
      ['Others', ['something new']],
    ]);
  });
});

describe('runs that differ in their seed only', () => {
  const seeds = [
    [0.1, 0.5, 0.2],
    [0.3, 0.4, 0.9],
    [0.2, 0.9, 0.4, 0.5],
  ];
  const runs = seeds.map((rewards, seed) => groupedRun(binary(1.2, seed), rewards));
  const other = groupedRun(binary(1.4, 0), [0.7]);
  const groups = groupsOf([...runs, other]);

  it('are one group, named by what differs between groups', () => {
    expect(groups.map(({ name, seeds: { length } }) => [name, length])).toEqual([
      ['T_high 1.2', 3],
      ['T_high 1.4', 1],
    ]);
  });

  it('are drawn thin, behind their mean and its interval, as far as all of them go', () => {
    const series = groupSeries(groups[0]!, 'reward', { smoothing: 0, statistic: 'mean' });
    expect(series.map(({ weight }) => weight)).toEqual(['thin', 'thin', 'thin', 'bold']);
    const bold = series.at(-1)!;
    expect(bold.label).toBe('T_high 1.2 (n = 3)');
    expect([...bold.values]).toEqual([0.2, 0.6, 0.5].map((value) => expect.closeTo(value, 12)));
    const { low, high } = seedInterval([0.5, 0.4, 0.9]);
    expect(bold.band!(1)).toEqual({ low, high });
    expect([...bold.track.tokens]).toEqual([100, 200, 300]);
  });

  it('have the statistic of their smoothed values', () => {
    const bold = groupSeries(groups[0]!, 'reward', { smoothing: 0.8, statistic: 'iqm' }).at(-1)!;
    const smooth = seeds.map((rewards) => debiasedMean(Float64Array.from(rewards), 0.8)[2]!);
    expect(bold.values[2]).toBeCloseTo((smooth[0]! + smooth[1]! + smooth[2]!) / 3, 12);
    expect(bold.band!(2)).toEqual({ low: seedInterval(smooth, 'iqm').low, high: seedInterval(smooth, 'iqm').high });
  });

  it('count a seed once, by its longer run, and nothing where one has no value', () => {
    const twice = groupsOf([
      groupedRun(binary(1.2, 0), [0.1]),
      groupedRun(binary(1.2, 0), [0.3, 0.4]),
      groupedRun(binary(1.2, 1), [0.5, null]),
    ]);
    const bold = groupSeries(twice[0]!, 'reward', { smoothing: 0, statistic: 'mean' }).at(-1)!;
    expect(twice[0]!.runs).toHaveLength(3);
    expect(bold.label).toMatch(/n = 2/);
    expect([...bold.values]).toEqual([expect.closeTo(0.4, 12), Number.NaN]);
    expect(bold.band!(1)).toBeNull();
  });

  it('are a plain line without a band where there is one', () => {
    const [line, ...none] = groupSeries(groups[1]!, 'reward', { smoothing: 0, statistic: 'mean' });
    expect(none).toEqual([]);
    expect([line!.weight, line!.band, line!.label]).toEqual([undefined, undefined, 'T_high 1.4 (n = 1)']);
  });

  it('are not one group when one was changed as it ran, or began with other weights', () => {
    const changed = groupedRun(binary(1.2, 1), [0.1]);
    const annotations = [{ step: 0, stage: 'collect', high: 1.4 }] as const;
    const elsewhere = groupedRun(binary(1.2, 2), [0.1]);
    const apart = [
      runs[0]!,
      { ...changed, curves: { ...changed.curves, annotations } },
      { ...elsewhere, run: { ...elsewhere.run, identity: { ...elsewhere.run.identity, weights: 'cd'.repeat(32) } } },
    ];
    expect(groupsOf(apart)).toHaveLength(3);
  });
});

describe('a file of many runs', () => {
  const runs = [
    { run: storedRun('a', binary(1.2, 7), { name: 'one, "so to say"' }), curves: curvesOf([0.5, null]) },
    { run: storedRun('b', binary(1.4)), curves: curvesOf([0.25]) },
  ];

  it('has a line a value', () => {
    expect(longCsv(runs, ['reward']).split('\r\n')).toEqual([
      'run,name,hash,seed,step,tokens,minutes,metric,value',
      `a,"one, ""so to say""",${'a'.padEnd(64, '0')},7,0,100,0.5,reward,0.5`,
      `b,${runs[1]!.run.name},${'b'.padEnd(64, '0')},0,0,100,0.5,reward,0.25`,
      '',
    ]);
    expect(longCsv(runs, null).split('\r\n')).toHaveLength(2 + 3 * 3 - 1);
  });

  it('has each run with its whole identity as JSON', () => {
    const lines = longJsonl(runs, ['reward'])
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ run: { id: 'a', config: runs[0]!.run.identity.config }, changes: [] });
    expect(lines[1]).toEqual({ run: 'a', step: 0, tokens: 100, minutes: 0.5, metric: 'reward', value: 0.5 });
    expect(lines).toHaveLength(4);
  });
});

describe('two runs side by side', () => {
  const first = { run: storedRun('a', binary(1.2)), curves: curvesOf([0.1, 0.2, 0.3]) };
  const second = { run: storedRun('b', binary(1.4)), curves: curvesOf([0.2, 0.5]) };

  it('say what differs and what it came to, at the last step that both have', () => {
    const diff = runDiff(first, second, ['reward'], null);
    expect(diff.fields.map(({ label }) => label)).toEqual(['T_high', 'hash']);
    expect(diff.step).toBe(1);
    const [reward] = diff.metrics;
    expect(reward!.difference).toBeCloseTo(0.3, 12);
    expect(reward!.meanDifference).toBeCloseTo(0.2, 12);
    expect(diff.isSeedOnly).toBe(false);
  });

  it('tell runs that differ in their seed only from others', () => {
    const seed = { run: storedRun('c', binary(1.2, 5)), curves: curvesOf([]) };
    const diff = runDiff(first, seed, ['reward'], null);
    expect([diff.isSeedOnly, diff.step, diff.metrics]).toEqual([true, null, []]);
  });
});
