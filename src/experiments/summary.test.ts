import { describe, expect, it } from 'vitest';
import { cellsOf, parseExperiment } from './definition.ts';
import { measureById } from './measures.ts';
import { evaluationOf, resultOf, resultsWith, TWO_ARMS } from './results.testing.ts';
import { gather, type Results } from './results.ts';
import { armCurve, baselineOf, differenceCurve, pointResults, summaryAt, sweepTables } from './summary.ts';

const AVG = 'eval/tau 1/avg@4';
const measureOf = (results: Results, id = AVG) => measureById(id, results.cells)!;

describe('summaryAt', () => {
  it('pairs seeds before it averages', async () => {
    // avg@4 in eighths. The level of b varies more over seeds than its difference from a, which is one eighth each time.
    const results = await resultsWith({ a: [0, 2, 4, 6, 7], b: [1, 3, 5, 7, 8] });
    const [a, b] = summaryAt(results, measureOf(results), 'last');
    expect(a!.level).toMatchObject({ value: 19 / 40, n: 5, band: 'interval' });
    expect([a!.difference, a!.ratio]).toEqual([null, null]);
    expect(b!.level!.value).toBe(24 / 40);
    expect(b!.level!.low!).toBeLessThan(0.4);
    expect(b!.difference).toEqual({ value: 1 / 8, low: 1 / 8, high: 1 / 8, n: 5, band: 'interval' });
  });

  it('has no ratio where a baseline is 0, and the mean of ratios elsewhere', async () => {
    const zero = await resultsWith({ a: [0, 2, 4, 4, 4], b: [1, 3, 5, 7, 8] });
    expect(summaryAt(zero, measureOf(zero), 'last')[1]!.ratio).toBeNull();
    const whole = await resultsWith({ a: [1, 2, 4, 4, 8], b: [2, 2, 2, 4, 4] });
    expect(summaryAt(whole, measureOf(whole), 'last')[1]!.ratio!.value).toBeCloseTo((2 + 1 + 0.5 + 1 + 0.5) / 5, 12);
  });

  it('counts only the seeds that both arms have', async () => {
    const results = await resultsWith({ a: [1, 2, null, 4, 5], b: [2, null, 3, 6, 8] });
    const [, b] = summaryAt(results, measureOf(results), 'last');
    expect(b!.level!.n).toBe(4);
    expect(b!.difference).toMatchObject({ n: 3, value: (1 + 2 + 3) / 24, low: 1 / 8, high: 3 / 8, band: 'range' });
  });

  it('has nothing to tell of an arm without results', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5] });
    expect(summaryAt(results, measureOf(results), 'last')[1]).toMatchObject({
      level: null,
      difference: null,
      ratio: null,
    });
  });

  it('takes the moment that is asked for', async () => {
    const results = await resultsWith({ a: [8, 8, 8, 8, 8], b: [8, 8, 8, 8, 8] });
    const at = (when: Parameters<typeof summaryAt>[2]) => summaryAt(results, measureOf(results), when)[0]!.level?.value;
    expect([at({ step: 0 }), at({ step: 10 }), at({ step: 5 }), at('best')]).toEqual([1 / 8, 1, undefined, 1]);
  });

  it('compares with the baseline that is named', async () => {
    const numbers = { a: [1, 2, 3, 4, 5], b: [2, 3, 4, 5, 6] };
    const results = await resultsWith(numbers, { ...TWO_ARMS, baseline: 'b' });
    const [a, b] = summaryAt(results, measureOf(results), 'last');
    expect(b!.difference).toBeNull();
    expect(a!.difference!.value).toBe(-1 / 8);
  });
});

describe('curves', () => {
  it('have every step, a band over seeds, and the seeds', async () => {
    const results = await resultsWith({ a: [0, 2, 4, 6, 8], b: [1, 3, 5, 7, 7] });
    const [a, b] = pointResults(results);
    const curve = armCurve(a!, AVG, 'mean');
    expect(curve.steps).toEqual([0, 10]);
    expect(curve.points.map((point) => point?.value)).toEqual([1 / 8, 1 / 2]);
    expect(curve.seeds.map(({ seed, values }) => [seed, values[1]])).toEqual([0, 2, 4, 6, 8].map((c, i) => [i, c / 8]));
    const difference = differenceCurve(b!, baselineOf(results.experiment, [a!, b!], b!), AVG, 'mean');
    expect(difference.points.map((point) => point?.value)).toEqual([0, (1 + 1 + 1 + 1 - 1) / 40]);
  });

  it('are thinned to so many steps, and keep the last', async () => {
    const experiment = parseExperiment({ ...TWO_ARMS, seeds: [0] });
    const steps = [0, 1, 2, 3, 4, 5, 6];
    const cell = await resultOf(experiment, cellsOf(experiment)[0]!, {
      evaluations: steps.map((step) => evaluationOf([1, 1], { step })),
    });
    const [a] = pointResults(await gather(experiment, [cell]));
    expect(armCurve(a!, AVG, 'mean').steps).toEqual(steps);
    expect(armCurve(a!, AVG, 'mean', 3).steps).toEqual([0, 3, 6]);
    expect(armCurve(a!, AVG, 'mean', 1).steps).toEqual([6]);
  });

  it('have a gap where no seed has a value', async () => {
    const experiment = parseExperiment({ ...TWO_ARMS, seeds: [0] });
    const cell = await resultOf(experiment, cellsOf(experiment)[0]!, {
      curve: { every: 5, metrics: { kl: [null, 0.5] } },
    });
    const [a] = pointResults(await gather(experiment, [cell]));
    expect(armCurve(a!, 'curve/kl', 'mean').points.map((point) => point?.value ?? null)).toEqual([null, 0.5]);
  });
});

describe('sweepTables', () => {
  const swept = {
    ...TWO_ARMS,
    sweep: [
      { field: 'prompts', values: [2, 3] },
      { field: 'group', values: [2, 4, 8] },
    ],
  };

  it('is a table an arm: the first parameter across, the second down', async () => {
    const experiment = parseExperiment(swept);
    const cells = cellsOf(experiment).filter(({ arm, seed }) => arm === 'b' && seed === 0);
    const results = await gather(
      experiment,
      await Promise.all(
        cells.map((cell, i) => resultOf(experiment, cell, { evaluations: [evaluationOf([0, i % 5])] })),
      ),
    );
    const tables = sweepTables(results, measureOf(results), 'last');
    expect(tables.map(({ arm, columns, rows }) => [arm, columns, rows])).toEqual([
      ['a', [2, 3], [2, 4, 8]],
      ['b', [2, 3], [2, 4, 8]],
    ]);
    // Cells in order: (2,2) (2,4) (2,8) (3,2) (3,4) (3,8), with 0 1 2 3 4 0 correct of eight.
    expect(tables[1]!.values.map((row) => row.map((value) => (value?.level?.value ?? Number.NaN) * 8))).toEqual([
      [0, 3],
      [1, 4],
      [2, 0],
    ]);
    expect(tables[0]!.values.flat().every((value) => value?.level === null)).toBe(true);
  });

  it('is none without a sweep', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] });
    expect(sweepTables(results, measureOf(results), 'last')).toEqual([]);
  });
});
