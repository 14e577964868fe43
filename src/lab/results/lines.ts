// Curves over seeds as the lines of a chart: a bold statistic with its band, and thin ones behind it for the seeds.

import type { BandedCurve } from '../../experiments/summary.ts';
import type { Series } from '../charts/model.ts';
import type { LineStyle } from '../charts/style.ts';
import type { Track } from '../charts/track.ts';
import type { ArmCurve } from './analysis.ts';

/** An experiment's curves are told by step only. */
function trackOfSteps(steps: readonly number[]): Track {
  const step = Float64Array.from(steps);
  return { step, tokens: step, time: step };
}

/** The statistic, with its interval as a band. */
export function bandedSeries(label: string, style: LineStyle, { steps, points }: BandedCurve): Series {
  return {
    key: label,
    label,
    style,
    track: trackOfSteps(steps),
    values: Float64Array.from(points, (point) => point?.value ?? Number.NaN),
    weight: 'bold',
    band: (index) => {
      const { low, high } = points[index] ?? { low: null, high: null };
      return low === null || high === null ? null : { low, high };
    },
  };
}

/** One thin line a seed, in the style of the arm. */
export function seedSeries(label: string, style: LineStyle, { seeds }: ArmCurve): Series[] {
  return seeds.map(({ seed, steps, values }) => ({
    key: `${label}, seed ${seed}`,
    label: `${label}, seed ${seed}`,
    style,
    track: trackOfSteps(steps),
    values: Float64Array.from(values, (value) => value ?? Number.NaN),
    weight: 'thin',
  }));
}

/** How many seeds the points of some curves are of. */
export function seedCounts(curves: readonly BandedCurve[]): number[] {
  return curves.flatMap(({ points }) => points.flatMap((point) => (point === null ? [] : [point.n])));
}

/** A line at zero over these steps. */
export function zeroSeries(label: string, style: LineStyle, steps: readonly number[]): Series[] {
  const track = trackOfSteps(steps.toSorted((a, b) => a - b));
  return steps.length === 0 ? [] : [{ key: label, label, style, track, values: new Float64Array(steps.length) }];
}
