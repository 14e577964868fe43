// Runs that differ in nothing but their seed, as one line: a statistic over the seeds with its interval.
//
// The statistic is taken step by step, of each seed's smoothed values, and only where every seed that counts has one: a
// mean over fewer and fewer seeds would move when one of them ends. Of two runs with one seed the longer counts, because
// they are one draw and not two.

import { type SeedStatistic, seedInterval, statisticOf } from '../../experiments/seedStatistics.ts';
import { canonicalJson } from '../../grpo/runIdentity.ts';
import type { Series } from '../charts/model.ts';
import { debiasedMean } from '../charts/smooth.ts';
import { type LineStyle, runStyle } from '../charts/style.ts';
import { nearestRow, type Track, type X_MODES } from '../charts/track.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { RunCurves } from './curves.ts';
import { shortNames } from './differing.ts';

/** What of a run is grouped and drawn. */
export interface GroupedRun {
  readonly run: StoredRun;
  readonly curves: RunCurves;
  /** Of its style. */
  readonly index: number;
}

export interface RunGroup {
  readonly key: string;
  readonly name: string;
  readonly style: LineStyle;
  /** All of its runs. */
  readonly runs: readonly GroupedRun[];
  /** The runs that count: one a seed. */
  readonly seeds: readonly GroupedRun[];
}

/** Equal for runs of one config but the seed, from equal weights, with equal live changes; the machine does not count. */
function keyOf({ run: { identity }, curves }: GroupedRun): string {
  const { seed: _, ...config } = identity.config;
  return canonicalJson([config, identity.weights, identity.source, curves.annotations]);
}

const seedOf = ({ run }: GroupedRun) => run.identity.config.seed;

function gathered<K>(runs: readonly GroupedRun[], by: (run: GroupedRun) => K): Map<K, GroupedRun[]> {
  const found = new Map<K, GroupedRun[]>();
  for (const run of runs) found.set(by(run), [...(found.get(by(run)) ?? []), run]);
  return found;
}

/** In the order of their first runs. */
export function groupsOf(runs: readonly GroupedRun[]): RunGroup[] {
  const groups = [...gathered(runs, keyOf)].map(([key, members]) => ({ key, members }));
  const names = shortNames(
    groups.map(({ members }) => members[0]!),
    ['seed'],
  );
  return groups.map(({ key, members }, i) => {
    const bySeed = [...gathered(members, seedOf).values()];
    const seeds = bySeed.map((same) =>
      same.reduce((longest, run) => (run.curves.track.step.length > longest.curves.track.step.length ? run : longest)),
    );
    return {
      key,
      name: names[i]!,
      style: runStyle(Math.min(...members.map(({ index }) => index))),
      runs: members,
      seeds: seeds.sort((a, b) => seedOf(a) - seedOf(b)),
    };
  });
}

export interface GroupOptions {
  /** Weight of debiasedMean. */
  readonly smoothing: number;
  readonly statistic: SeedStatistic;
}

interface Made {
  readonly of: string;
  readonly curves: readonly RunCurves[];
  readonly series: readonly Series[];
}

/** By the curves of a group's first run and the metric: while another run goes on, the bands of this one stay. */
const made = new WeakMap<RunCurves, Map<string, Made>>();

/** Each seed as a thin line and the statistic as a bold one with its band; a group of one seed is a plain line. */
export function groupSeries(group: RunGroup, metric: string, options: GroupOptions): readonly Series[] {
  const { name, style, runs } = group;
  const curves = runs.map((run) => run.curves);
  const of = canonicalJson({ name, style, ...options });
  const known = made.get(curves[0]!) ?? new Map<string, Made>();
  made.set(curves[0]!, known);
  const before = known.get(metric);
  if (before?.of === of && before.curves.length === curves.length && before.curves.every((one, i) => one === curves[i]))
    return before.series;
  const series = seriesOf(group, metric, options);
  known.set(metric, { of, curves, series });
  return series;
}

function seriesOf(
  { key, name, style, runs, seeds }: RunGroup,
  metric: string,
  { smoothing, statistic }: GroupOptions,
): Series[] {
  if (seeds.length === 1 && runs.length === 1) {
    const { run, curves } = runs[0]!;
    return [{ key: run.id, label: `${name} (n = 1)`, style, track: curves.track, values: curves.column(metric) }];
  }
  const thin = runs.map(
    ({ run, curves }): Series => ({
      key: run.id,
      label: `${name}, seed ${run.identity.config.seed}`,
      style: { ...style, dash: '' },
      track: curves.track,
      values: curves.column(metric),
      weight: 'thin',
    }),
  );
  const columns = seeds.map(({ curves }) => debiasedMean(curves.column(metric), smoothing));
  const { track, rows } = commonTrack(seeds.map(({ curves }) => curves.track));
  const valuesAt = (index: number) => columns.map((column, i) => column[rows[i]![index]!]!);
  const isWhole = (values: readonly number[]) => values.every((value) => !Number.isNaN(value));
  const known = new Map<number, ReturnType<NonNullable<Series['band']>>>();
  const band = (index: number) => {
    if (!known.has(index)) {
      const values = valuesAt(index);
      const { low, high } = isWhole(values) ? seedInterval(values, statistic) : { low: null, high: null };
      known.set(index, low === null || high === null ? null : { low, high });
    }
    return known.get(index)!;
  };
  return [
    ...thin,
    {
      key,
      label: `${name} (n = ${seeds.length})`,
      style,
      track,
      values: Float64Array.from(track.step, (_, i) => {
        const values = valuesAt(i);
        return isWhole(values) ? statisticOf(statistic, values) : Number.NaN;
      }),
      weight: 'bold',
      isSmoothed: true,
      band,
    },
  ];
}

/** The steps that all tracks have, each where they stand on average; and the row of each step in each track. */
function commonTrack(tracks: readonly Track[]): { readonly track: Track; readonly rows: readonly number[][] } {
  const [first, ...others] = tracks;
  const steps = [...first!.step].filter((step) =>
    others.every((track) => track.step[nearestRow(track, step)] === step),
  );
  const rows = tracks.map((track) => steps.map((step) => nearestRow(track, step)));
  const meanOf = (mode: (typeof X_MODES)[number]) =>
    Float64Array.from(
      steps,
      (_, i) => tracks.reduce((sum, track, t) => sum + track[mode][rows[t]![i]!]!, 0) / tracks.length,
    );
  return { track: { step: Float64Array.from(steps), tokens: meanOf('tokens'), time: meanOf('time') }, rows };
}
