// Arms over seeds: curves with bands, paired differences from the baseline, and the table of a sweep.
//
// Differences are taken seed by seed before anything is averaged: what a seed's problems make easy for one arm they make
// easy for the other. Only seeds that both arms have count.

import type { CellResult } from './cellResult.ts';
import { type Experiment, placesOf, pointName, pointsOf, type SweepValues } from './definition.ts';
import { type Measure, type MeasuredSeries, seriesOf, valueWhen, type When } from './measures.ts';
import type { Results } from './results.ts';
import { type SeedInterval, type SeedStatistic, seedInterval } from './seedStatistics.ts';

/** One config of an experiment with the results of its seeds. */
export interface PointResults {
  readonly arm: string;
  readonly at: SweepValues;
  /** Arm and place of the sweep. */
  readonly name: string;
  /** In the order of the experiment's seeds; those that are not made yet are left out. */
  readonly cells: readonly CellResult[];
}

/** Every point, in the experiment's order, also those without a result. */
export function pointResults({ experiment, cells }: Results): PointResults[] {
  return pointsOf(experiment).map(({ arm, at }) => ({
    arm,
    at,
    name: pointName(experiment, { arm, at }),
    cells: cells.filter((cell) => cell.arm === arm && samePlace(cell.at, at)),
  }));
}

function samePlace(a: SweepValues, b: SweepValues): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** A statistic over seeds at each step. */
export interface BandedCurve {
  readonly steps: readonly number[];
  /** null where no seed has a value. */
  readonly points: readonly (SeedInterval | null)[];
}

/**
 * Mean or interquartile mean over seeds with its band, step by step, and the seeds' own lines.
 * @param mostSteps of a longer curve so many steps are taken, evenly, with the last: an interval costs time
 */
export function armCurve(
  { cells }: PointResults,
  measure: string,
  statistic: SeedStatistic,
  mostSteps = Number.POSITIVE_INFINITY,
): BandedCurve & { readonly seeds: readonly (MeasuredSeries & { readonly seed: number })[] } {
  const seeds = cells.map((cell) => ({ seed: cell.seed, ...seriesOf(cell, measure) }));
  return { ...banded(seeds, statistic, mostSteps), seeds };
}

function banded(series: readonly MeasuredSeries[], statistic: SeedStatistic, mostSteps: number): BandedCurve {
  const all = [...new Set(series.flatMap((each) => each.steps))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(all.length / mostSteps));
  const steps = all.filter((_, i) => (all.length - 1 - i) % every === 0);
  const points = steps.map((step) => {
    const values = series.flatMap((each) => each.values[each.steps.indexOf(step)] ?? []);
    return values.length === 0 ? null : seedInterval(values, statistic);
  });
  return { steps, points };
}

/** point - baseline, seed by seed. */
function differencesOf(point: PointResults, baseline: PointResults, measure: string): MeasuredSeries[] {
  return point.cells.flatMap((cell) => {
    const twin = baseline.cells.find(({ seed }) => seed === cell.seed);
    if (twin === undefined) return [];
    const [one, other] = [seriesOf(cell, measure), seriesOf(twin, measure)];
    const values = one.steps.map((step, i) => {
      const before = other.values[other.steps.indexOf(step)] ?? null;
      const value = one.values[i] ?? null;
      return value === null || before === null ? null : value - before;
    });
    return [{ steps: one.steps, values }];
  });
}

/** The paired difference from the baseline, step by step; `mostSteps` as in armCurve. */
export function differenceCurve(
  point: PointResults,
  baseline: PointResults,
  measure: string,
  statistic: SeedStatistic,
  mostSteps = Number.POSITIVE_INFINITY,
): BandedCurve {
  return banded(differencesOf(point, baseline, measure), statistic, mostSteps);
}

/** The point of the experiment's baseline arm at the same place of the sweep. */
export function baselineOf(
  { baseline }: Experiment,
  points: readonly PointResults[],
  { at }: PointResults,
): PointResults {
  return points.find((point) => point.arm === baseline && samePlace(point.at, at))!;
}

/** What one point comes to, and what it differs from the baseline by. */
export interface PointSummary {
  readonly point: PointResults;
  /** Over seeds; null without a result. */
  readonly level: SeedInterval | null;
  /** Paired; null for the baseline itself, and where no seed has both. */
  readonly difference: SeedInterval | null;
  /** Paired ratio to the baseline, the mean over seeds; null as `difference`, or where a baseline is 0. */
  readonly ratio: SeedInterval | null;
}

/** Every point at one moment. */
export function summaryAt(
  results: Results,
  measure: Measure,
  when: When,
  statistic: SeedStatistic = 'mean',
): PointSummary[] {
  const points = pointResults(results);
  const value = (cell: CellResult) => valueWhen(seriesOf(cell, measure.id), when, measure.better);
  return points.map((point) => {
    const values = point.cells.flatMap((cell) => value(cell) ?? []);
    const baseline = baselineOf(results.experiment, points, point);
    const pairs =
      baseline === point
        ? []
        : point.cells.flatMap((cell) => {
            const twin = baseline.cells.find(({ seed }) => seed === cell.seed);
            const [here, there] = [value(cell), twin === undefined ? null : value(twin)];
            return here === null || there === null ? [] : [{ here, there }];
          });
    const overSeeds = (of: readonly number[]) => (of.length === 0 ? null : seedInterval(of, statistic));
    return {
      point,
      level: overSeeds(values),
      difference: overSeeds(pairs.map(({ here, there }) => here - there)),
      ratio: pairs.some(({ there }) => there === 0) ? null : overSeeds(pairs.map(({ here, there }) => here / there)),
    };
  });
}

/** A sweep over one or two parameters as a table. */
export interface PlaceTable<T> {
  readonly arm: string;
  readonly columns: SweepValues;
  /** One empty-named row for a sweep over one parameter. */
  readonly rows: SweepValues;
  /** By row, then column; null where there is none. */
  readonly values: readonly (readonly (T | null)[])[];
}

export type SweepTable = PlaceTable<PointSummary>;

/** What is told of points as a table for each arm; none without a sweep. */
export function placeTables<T>(
  experiment: Experiment,
  told: readonly T[],
  pointOf: (one: T) => Pick<PointResults, 'arm' | 'at'>,
): PlaceTable<T>[] {
  if (experiment.sweep.length === 0) return [];
  const columns = [...new Set(placesOf(experiment).map((place) => place[0]!))];
  const rows = experiment.sweep.length === 1 ? [''] : [...new Set(placesOf(experiment).map((place) => place[1]!))];
  const find = (arm: string, place: SweepValues) =>
    told.find((one) => pointOf(one).arm === arm && samePlace(pointOf(one).at, place)) ?? null;
  return experiment.arms.map(({ name: arm }) => ({
    arm,
    columns,
    rows,
    values: rows.map((row) =>
      columns.map((column) => find(arm, experiment.sweep.length === 1 ? [column] : [column, row])),
    ),
  }));
}

/** A table for each arm; none without a sweep. */
export function sweepTables(
  results: Results,
  measure: Measure,
  when: When,
  statistic: SeedStatistic = 'mean',
): SweepTable[] {
  const { experiment } = results;
  if (experiment.sweep.length === 0) return [];
  return placeTables(experiment, summaryAt(results, measure, when, statistic), ({ point }) => point);
}
