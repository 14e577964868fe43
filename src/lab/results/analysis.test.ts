import { describe, expect, it } from 'vitest';
import { cellsOf, parseExperiment } from '../../experiments/definition.ts';
import { measuresOf } from '../../experiments/measures.ts';
import { evaluationOf, resultOf, resultsWith, TWO_ARMS } from '../../experiments/results.testing.ts';
import { gather } from '../../experiments/results.ts';
import { analyse, bandName, ladderCurves, type Question } from './analysis.ts';
import { choosing, FIRST_CHOICE } from './choice.ts';
import { pointHistograms } from './entropies.ts';
import { bandedSeries, seedSeries } from './lines.ts';
import { longCsv } from './longCsv.ts';

const AVG = 'eval/tau 1/avg@4';
const QUESTION: Question = { measure: AVG, when: 'last', statistic: 'mean', baseline: 'a' };
const STYLE = { colour: '--ink', dash: '', shape: 'circle' } as const;

describe('analyse', () => {
  it('tells every arm against the baseline that is asked for, and says the verdict in words', async () => {
    const results = await resultsWith({ a: [0, 2, 4, 6, 7], b: [1, 3, 5, 7, 8] });
    const { points, sentences } = analyse(results, QUESTION)!;
    expect(points.map(({ name, isBaseline, verdict }) => [name, isBaseline, verdict])).toEqual([
      ['a', true, 'no result'],
      ['b', false, 'higher'],
    ]);
    expect(sentences).toEqual([expect.stringContaining('b is higher than a')]);
    const turned = analyse(results, { ...QUESTION, baseline: 'b' })!;
    expect(turned.points[0]!.difference!.value).toBeCloseTo(-1 / 8, 12);
    expect(turned.sentences[0]).toContain('a is lower than b');
  });

  it('has nothing of a measure that no cell has', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5] });
    expect(analyse(results, { ...QUESTION, measure: 'curve/none' })).toBeNull();
  });

  it('gives curves that a chart draws: a band around the statistic, and a thin line a seed', async () => {
    const results = await resultsWith({ a: [0, 2, 4, 6, 7], b: [1, 3, 5, 7, 8] });
    const { curve } = analyse(results, QUESTION)!.points[1]!;
    const line = bandedSeries('b', STYLE, curve);
    const last = line.values.length - 1;
    expect(line.values[last]).toBeCloseTo(24 / 40, 12);
    expect(line.band!(last)!.low).toBeLessThan(24 / 40);
    expect(line.band!(last)!.high).toBeGreaterThan(24 / 40);
    expect(seedSeries('b', STYLE, curve).map(({ label, weight }) => [label, weight])).toEqual(
      [0, 1, 2, 3, 4].map((seed) => [`b, seed ${seed}`, 'thin']),
    );
  });
});

describe('bandName', () => {
  it.each([
    [[5, 5], 'mean of 5 seeds, 95 % bootstrap over seeds'],
    [[3], 'mean of 3 seeds, range of the seeds'],
    [[1], 'mean of 1 seed, which has no band'],
    [[4, 6], 'mean of 4 to 6 seeds, 95 % bootstrap over seeds (with fewer than 5: their range)'],
  ])('says what the band over %j seeds is', (counts, name) => expect(bandName('mean', counts)).toBe(name));
});

describe('ladderCurves', () => {
  it('orders the places of a ladder, and leaves out arms without one', async () => {
    const experiment = parseExperiment(TWO_ARMS);
    const results = await gather(
      experiment,
      await Promise.all(
        cellsOf(experiment).map((cell) =>
          resultOf(experiment, cell, {
            curve: {
              every: 5,
              metrics:
                cell.arm === 'a'
                  ? { 'reward/tau/0': [0.5, 0.5] }
                  : {
                      'reward/tau/+0.2': [0.2, 0.4],
                      'reward/tau/0': [0.5, 0.5],
                      'reward/tau/-0.1': [0.6, 0.6],
                      'signal/tau/0': [0.5, 0.25],
                    },
            },
          }),
        ),
      ),
    );
    const [ladder, ...others] = ladderCurves(results, 'mean');
    expect(others).toEqual([]);
    expect(ladder!.point).toBe('b');
    expect(ladder!.reward.map(({ name }) => name)).toEqual(['offset -0.1', 'offset 0', 'offset +0.2']);
    expect(ladder!.signal[0]!.curve.points.map((point) => point!.value)).toEqual([0.5, 0.25]);
  });
});

describe('choosing', () => {
  it('falls back to what the results have', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] });
    const wish = { ...FIRST_CHOICE, measure: 'curve/none', when: { step: 77 }, baseline: 'c' };
    const chosen = choosing(results, wish)!;
    expect(chosen.question).toEqual({
      measure: chosen.measures[0]!.id,
      when: 'last',
      statistic: 'mean',
      baseline: 'a',
    });
    expect(choosing({ ...results, cells: [] }, wish)).toBeNull();
  });
});

describe('pointHistograms', () => {
  it('adds up the seeds of a point, all on one axis', async () => {
    const experiment = parseExperiment(TWO_ARMS);
    const histogram = { binNats: 0.05, fork: [0, 0, 2], knowledge: [6], format: [], unknown: [] };
    const longer = { ...histogram, fork: [0, 0, 0, 0, 1] };
    const results = await gather(
      experiment,
      await Promise.all(
        cellsOf(experiment).map((cell) =>
          resultOf(experiment, cell, {
            evaluations: [evaluationOf([1, 2], { histogram: cell.arm === 'a' ? histogram : longer })],
          }),
        ),
      ),
    );
    const [a, b] = pointHistograms(results, 'tau 1', 0);
    expect(a).toEqual({
      point: 'a',
      seeds: 5,
      histogram: {
        binNats: 0.05,
        fork: [0, 0, 10, 0, 0],
        knowledge: [30, 0, 0, 0, 0],
        format: [0, 0, 0, 0, 0],
        unknown: [0, 0, 0, 0, 0],
      },
    });
    expect(b!.histogram.fork).toEqual([0, 0, 0, 0, 5]);
    expect(pointHistograms(results, 'tau 1', 3)).toEqual([]);
  });
});

describe('longCsv', () => {
  it('has a line for each number, and quotes what needs it', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] });
    const named = {
      ...results,
      cells: results.cells.map((cell) => (cell.arm === 'b' ? { ...cell, arm: 'b, hot' } : cell)),
    };
    const lines = longCsv(
      named,
      measuresOf(results.cells).filter(({ id }) => id === AVG),
    )
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toBe('arm,seed,measure,unit,step,value');
    expect(lines).toContain(`a,2,${AVG},,10,0.375`);
    expect(lines.filter((line) => line.startsWith('"b, hot",'))).not.toHaveLength(0);
  });
});
