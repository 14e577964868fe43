import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricsRow } from '../../grpo/stages.ts';
import { GAP, minMaxBuckets } from './buckets.ts';
import { type ChartView, chartModel, type Series, strokesOf } from './model.ts';
import {
  domainOf,
  exactText,
  linearTicks,
  logTicks,
  positionOf,
  roundedEnd,
  tickText,
  valueAtPosition,
} from './scale.ts';
import { debiasedMean } from './smooth.ts';
import { plainStyle, runStyle, SHAPES, shapePath } from './style.ts';
import { columnOf, metricsOf, nearestRow, rowAt, rulerOf, stepOfX, trackOf, valueAt, xOfStep } from './track.ts';

const NaN_ = Number.NaN;

describe('debiasedMean', () => {
  it('starts at the first value and leaves a constant alone', () => {
    expect([...debiasedMean(Float64Array.of(3, 3, 3), 0.9)]).toEqual([3, 3, 3].map((v) => expect.closeTo(v, 12)));
  });

  it('is the weighted mean of its definition', () => {
    const w = 0.8;
    const values = [1, -2, 5, 0.5, 7];
    const smooth = debiasedMean(Float64Array.from(values), w);
    for (const [t, value] of smooth.entries()) {
      const past = values.slice(0, t + 1);
      const sum = past.reduce((total, y, i) => total + (1 - w) * w ** (t - i) * y, 0);
      expect(value).toBeCloseTo(sum / (1 - w ** (t + 1)), 12);
    }
  });

  it('approaches a step as 1 - w^n over the new values, and keeps gaps', () => {
    const w = 0.5;
    const smooth = debiasedMean(Float64Array.of(0, NaN_, 1), w);
    expect(smooth[1]).toBeNaN();
    // Weights w and 1 of two values: 1 / (1 + w).
    expect(smooth[2]).toBeCloseTo(1 / (1 + w), 12);
    expect([...debiasedMean(Float64Array.of(4, -1), 0)]).toEqual([4, -1]);
  });
});

describe('minMaxBuckets', () => {
  const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i);

  it('keeps everything that fits', () => {
    const kept = minMaxBuckets(upTo(5), Float64Array.of(1, 2, NaN_, NaN_, 3), [0, 4], 10);
    expect(kept).toEqual({ indices: [0, 1, GAP, 4], drawn: 3, of: 3 });
  });

  it('keeps one point beyond each end of the range', () => {
    const kept = minMaxBuckets(upTo(10), upTo(10), [3.5, 5.5], 10);
    expect(kept.indices).toEqual([3, 4, 5, 6]);
  });

  it('loses no extreme, no end and no order, and stays within the limit', () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.constant(NaN_));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400 }), fc.integer({ min: 4, max: 60 }), (values, most) => {
        const y = Float64Array.from(values);
        const kept = minMaxBuckets(upTo(y.length), y, [0, y.length], most);
        const drawn = kept.indices.filter((i) => i !== GAP);
        const there = values.filter((v) => !Number.isNaN(v));
        expect(kept.of).toBe(there.length);
        expect(kept.drawn).toBe(drawn.length);
        expect(drawn.length).toBeLessThanOrEqual(most);
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
        if (there.length === 0) return;
        const shown = drawn.map((i) => y[i]!);
        expect(Math.min(...shown)).toBe(Math.min(...there));
        expect(Math.max(...shown)).toBe(Math.max(...there));
        expect([shown[0], shown.at(-1)]).toEqual([there[0], there.at(-1)]);
      }),
    );
  });

  it('interrupts a thinned line where values are missing', () => {
    const y = upTo(1000).map((i) => (i >= 400 && i < 600 ? NaN_ : Math.sin(i)));
    const { indices } = minMaxBuckets(upTo(1000), y, [0, 999], 100);
    const gap = indices.indexOf(GAP);
    expect(indices.filter((i) => i === GAP)).toHaveLength(1);
    expect(indices[gap - 1]).toBeLessThan(400);
    expect(indices[gap + 1]).toBeGreaterThanOrEqual(600);
  });
});

describe('axes', () => {
  it('writes round numbers', () => {
    expect(linearTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([-0.35, 0.35], 4)).toEqual([-0.2, 0, 0.2]);
    expect(linearTicks([0, 1234], 6)).toEqual([0, 500, 1000]);
  });

  it('writes powers of ten on a log axis, and 2 and 5 between them where there is room', () => {
    expect(logTicks([1e-6, 1], 6)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(logTicks([0.5, 5], 6)).toEqual([0.5, 1, 2, 5]);
    expect(logTicks([1e-9, 1e3], 4)).toEqual([1e-9, 1e-6, 1e-3, 1, 1e3]);
  });

  it('ends on round numbers that hold every value', () => {
    expect(domainOf(0.03, 0.94, 'linear')).toEqual([0, 1]);
    expect(domainOf(0.4, 0.6, 'linear', [0, 1])).toEqual([0, 1]);
    expect(domainOf(0, 0, 'linear')).toEqual([0, 1]);
    expect(domainOf(3e-7, 0.04, 'log')).toEqual([2e-7, 0.05]);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        (a, r) => {
          for (const kind of ['linear', 'log'] as const) {
            const [low, high] = domainOf(a, a * r, kind);
            expect(low).toBeLessThanOrEqual(a * (1 + 1e-9));
            expect(high).toBeGreaterThanOrEqual(a * r * (1 - 1e-9));
            expect(low).toBeLessThan(high);
          }
        },
      ),
    );
  });

  it('holds a run that goes on, and changes its end rarely', () => {
    expect([5, 47, 100, 101].map((to) => roundedEnd(0, to))).toEqual([5, 50, 100, 110]);
    expect(roundedEnd(3, 3)).toBe(3);
    const ends = new Set(Array.from({ length: 500 }, (_, to) => roundedEnd(0, 500 + to)));
    expect(ends.size).toBeLessThan(12);
  });

  it('places equal ratios equally far apart on a log axis', () => {
    expect(positionOf(0.1, [0.01, 1], 'log')).toBeCloseTo(0.5, 12);
    expect(positionOf(0.505, [0.01, 1], 'linear')).toBeCloseTo(0.5, 12);
  });

  it('finds the value of every place again', () => {
    for (const kind of ['linear', 'log'] as const)
      for (const value of [1, 3, 16])
        expect(valueAtPosition(positionOf(value, [1, 16], kind), [1, 16], kind)).toBeCloseTo(value, 12);
  });

  it('writes ticks short and values exactly', () => {
    expect([0, 0.05, -2.5, 12_000, 3_500_000, 1e-6, 2e-7, -0.25].map(tickText)).toEqual([
      '0',
      '0.05',
      '−2.5',
      '12k',
      '3.5M',
      '10⁻⁶',
      '2·10⁻⁷',
      '−0.25',
    ]);
    expect([0.123456789, 12, -1.5, 1.25e-7].map(exactText)).toEqual(['0.123457', '12', '−1.5', '1.2500e−7']);
  });
});

const rows: MetricsRow[] = [
  { step: 1, reward: 0.1, num_tokens: 100, step_time: 30, kl: null },
  { step: 2, reward: null, num_tokens: 300, step_time: 60, kl: 0 },
  { step: 4, reward: 0.3, num_tokens: 400, step_time: 30, kl: 0.01 },
];

describe('a track', () => {
  const track = trackOf(rows);

  it('counts steps, tokens and minutes', () => {
    expect([...track.step]).toEqual([1, 2, 4]);
    expect([...track.tokens]).toEqual([100, 300, 400]);
    expect([...track.time]).toEqual([0.5, 1.5, 2]);
    expect([...columnOf(rows, 'reward')]).toEqual([0.1, NaN_, 0.3]);
    expect(metricsOf(rows)).toEqual(['reward', 'num_tokens', 'step_time', 'kl']);
  });

  it('turns steps into places and back', () => {
    expect(xOfStep(track, 3, 'tokens')).toBe(350);
    expect(xOfStep(track, 9, 'time')).toBe(2);
    for (const mode of ['step', 'tokens', 'time'] as const)
      for (const step of [1, 1.5, 2, 3.25, 4])
        expect(stepOfX(track, xOfStep(track, step, mode), mode)).toBeCloseTo(step, 12);
    expect([0, 1.6, 3.1, 99].map((step) => nearestRow(track, step))).toEqual([0, 1, 2, 2]);
    expect(nearestRow(trackOf([]), 1)).toBe(-1);
    expect([2, 3, 4].map((step) => valueAt(track, track.tokens, step))).toEqual([300, NaN_, 400]);
  });
});

describe('chartModel', () => {
  const track = trackOf(rows);
  const series = (key: string): Series => ({
    key,
    label: key,
    style: plainStyle(0),
    track,
    values: columnOf(rows, key),
  });
  const view: ChartView = { mode: 'step', scale: 'linear', range: null, smoothing: 0 };

  it('interrupts a line where a value is missing', () => {
    const model = chartModel([series('reward')], view);
    expect(model.lines[0]!.raw.map(({ y }) => y)).toEqual([0.1, null, 0.3]);
    expect(model.x.domain).toEqual([1, 4]);
    expect(model.thinned).toBeNull();
  });

  it('leaves out and counts what a log axis cannot show', () => {
    const model = chartModel([series('kl')], { ...view, scale: 'log' });
    expect(model.notPositive).toBe(1);
    expect(model.lines[0]!.raw.map(({ y }) => y)).toEqual([0.01]);
    expect(model.isEmpty).toBe(false);
  });

  it('shows what is no training on an axis of its own, its steps as ticks where equal ratios are equally far apart', () => {
    const ks = Float64Array.of(1, 2, 4, 8, 12);
    const pass = { ...series('reward'), track: { step: ks, tokens: ks, time: ks }, values: ks.map((k) => k / 12) };
    const axis = { name: 'k', plural: 'values of k', title: 'k, log scale', scale: 'log' } as const;
    const { x } = chartModel([pass], { ...view, axis });
    expect(x).toMatchObject({ domain: [1, 12], ticks: [1, 2, 4, 8, 12], scale: 'log', title: axis.title, steps: axis });
    expect(chartModel([pass], { ...view, axis }, { x: 3, y: 4 }).x.ticks).toEqual([1, 4, 12]);
    const one = { ...pass, track: { step: ks.slice(0, 1), tokens: ks, time: ks }, values: Float64Array.of(0.5) };
    expect(chartModel([one], { ...view, axis }).x.domain).toEqual([0.5, 2]);
    expect(chartModel([pass], view).x).toMatchObject({ scale: 'linear', title: 'training step' });
  });

  it('smooths from before the visible range, so that zooming changes no line', () => {
    const whole = chartModel([series('reward')], { ...view, smoothing: 0.5 }).lines[0]!.smooth!;
    const part = chartModel([series('reward')], { ...view, smoothing: 0.5, range: [3, 4] }).lines[0]!.smooth!;
    expect(part.at(-1)).toEqual(whole.at(-1));
  });

  it('tells how far a line is thinned', () => {
    const many = Array.from({ length: 1000 }, (_, step): MetricsRow => ({ step, reward: Math.sin(step) }));
    const long: Series = { ...series('reward'), track: trackOf(many), values: columnOf(many, 'reward') };
    const { thinned, lines } = chartModel([long], view);
    expect(thinned!.of).toBe(1000);
    expect(thinned!.drawn).toBeLessThanOrEqual(300);
    expect(lines[0]!.raw.length).toBe(thinned!.drawn);
  });

  it('says when there is nothing to draw', () => {
    expect(chartModel([], view).isEmpty).toBe(true);
    expect(chartModel([series('nothing')], { ...view, scale: 'log' }).isEmpty).toBe(true);
  });
});

it('gives every style a shape and a dash of its own', () => {
  const styles = SHAPES.map((_, i) => plainStyle(i));
  expect(new Set(styles.map(({ dash }) => dash)).size).toBe(styles.length);
  expect(new Set(SHAPES.map((shape) => shapePath(shape, 0, 0, 1))).size).toBe(SHAPES.length);
});

it('tells 64 runs apart', () => {
  const styles = Array.from({ length: 64 }, (_, i) => runStyle(i));
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(64);
  expect(styles.slice(0, 8)).toEqual(SHAPES.map((_, i) => plainStyle(i)));
});

describe('several runs on one chart', () => {
  const run = (steps: number, tokens: number): MetricsRow[] =>
    Array.from({ length: steps }, (_, step) => ({ step, reward: step / 10, num_tokens: tokens * (step + 1) }));
  const [long, dear] = [run(10, 100), run(4, 1000)];
  const [longTrack, dearTrack] = [trackOf(long), trackOf(dear)];
  const series = (key: string, rows: readonly MetricsRow[], track = trackOf(rows)): Series => ({
    key,
    label: key,
    style: plainStyle(0),
    track,
    values: columnOf(rows, 'reward'),
  });
  const both = [series('long', long, longTrack), series('dear', dear, dearTrack)];
  const view: ChartView = { mode: 'step', scale: 'linear', range: null, smoothing: 0 };

  it('names all of an axis by the run that comes furthest on it', () => {
    expect(rulerOf([longTrack, dearTrack], 'step')).toBe(longTrack);
    expect(rulerOf([longTrack, dearTrack], 'tokens')).toBe(dearTrack);
    expect(rulerOf([trackOf([])], 'step')).toBeNull();
    expect(chartModel(both, { ...view, mode: 'tokens' }).x.domain).toEqual([100, 4000]);
    expect(chartModel(both, { ...view, mode: 'tokens', range: [1, 2] }).x.domain).toEqual([2000, 3000]);
  });

  it('reads equal steps by step, and what is nearest on an axis of tokens', () => {
    expect([0, 3, 4].map((step) => rowAt(dearTrack, longTrack, step, 'step'))).toEqual([0, 3, -1]);
    // Step 0 of the dear run stands at 1000 tokens, where the long one ends; its step 1 at 2000, where that is over.
    expect([0, 1].map((step) => rowAt(longTrack, dearTrack, step, 'tokens'))).toEqual([9, -1]);
    expect(rowAt(dearTrack, longTrack, 5, 'tokens')).toBe(-1);
    expect(rowAt(trackOf(run(10, 450)), dearTrack, 1, 'tokens')).toBe(3);
  });

  it('keeps the whole band in sight, and asks for few of its ends', () => {
    const rows = run(1000, 1);
    let asked = 0;
    const banded: Series = {
      ...series('mean', rows),
      weight: 'bold',
      band: (index) => {
        asked++;
        return index === 0 ? null : { low: -1, high: index / 5 };
      },
    };
    const model = chartModel([banded], view);
    expect(model.y.domain[0]).toBeLessThanOrEqual(-1);
    expect(model.y.domain[1]).toBeGreaterThanOrEqual(999 / 5);
    expect(asked).toBeLessThanOrEqual(62);
    const { band } = model.lines[0]!;
    expect([band![0]!.ends, band!.at(-1)!.ends]).toEqual([null, [-1, 999 / 5]]);
    // A log axis ends above 0, and so does the band that it shows.
    const log = chartModel([banded], { ...view, scale: 'log' });
    expect(log.lines[0]!.band!.at(-1)!.ends).toEqual([log.y.domain[0], 999 / 5]);
  });

  it('draws one stroke of a line that stands for seeds or behind one, smoothed or not', () => {
    const thin: Series = { ...both[0]!, weight: 'thin' };
    const bold: Series = { ...both[0]!, weight: 'bold', isSmoothed: true };
    const model = chartModel([thin, bold, both[1]!], { ...view, smoothing: 0.9 });
    expect(model.lines.map((line) => strokesOf(line).map(({ kind }) => kind))).toEqual([
      ['thin'],
      ['bold'],
      ['raw', 'smooth'],
    ]);
    expect(strokesOf(model.lines[1]!)[0]!.points.map(({ y }) => y)).toEqual([...both[0]!.values]);
    expect(strokesOf(model.lines[0]!)[0]!.points.at(-1)!.y).toBeLessThan(0.9);
  });
});
