// A chart as numbers, before anything is drawn: which points of which lines, on which axes. The page's charts and the
// exported figures are two drawings of it.

import { GAP, type Kept, MOST_POINTS, minMaxBuckets } from './buckets.ts';
import { type Domain, domainOf, roundedEnd, type ScaleKind, ticksOf } from './scale.ts';
import { debiasedMean } from './smooth.ts';
import type { LineStyle } from './style.ts';
import { rulerOf, type StepAxis, type Track, TRAINING_STEPS, X_TITLES, type XMode, xOfStep } from './track.ts';

/** Most entries of a line whose interval is asked for: one over many seeds costs some milliseconds. */
const MOST_BAND_POINTS = 60;

export interface Series {
  readonly key: string;
  readonly label: string;
  readonly style: LineStyle;
  readonly track: Track;
  /** One value for each entry of the track; NaN: missing. */
  readonly values: Float64Array;
  /** thin: one of several that stand behind a bold one, which speaks for them. */
  readonly weight?: 'thin' | 'bold';
  /** The values are shown as they are, whatever the view's smoothing: they were made of smoothed ones. */
  readonly isSmoothed?: boolean;
  /** An interval around the value of an entry; null: there is none. Asked for few entries only. */
  readonly band?: (index: number) => { readonly low: number; readonly high: number } | null;
}

export interface ChartView {
  readonly mode: XMode;
  /** What the tracks' steps are; default: of training. */
  readonly axis?: StepAxis;
  readonly scale: ScaleKind;
  /** Steps to show; null: all. */
  readonly range: Domain | null;
  /** Weight of debiasedMean; 0: no smoothing. */
  readonly smoothing: number;
  /** What the vertical axis shows in any case; not on a log axis. */
  readonly atLeast?: readonly number[];
  /** Most points a line; infinite for a figure. */
  readonly mostPoints?: number;
}

export interface Point {
  readonly x: number;
  /** null: the line is interrupted. */
  readonly y: number | null;
}

export interface BandPoint {
  readonly x: number;
  /** null: the band is interrupted. */
  readonly ends: readonly [low: number, high: number] | null;
}

/** One way in which a line is drawn. */
export interface Stroke {
  readonly points: readonly Point[];
  /** raw: faint, behind its smoothed line. */
  readonly kind: 'raw' | 'smooth' | 'only' | 'thin' | 'bold';
}

export interface Line {
  readonly series: Series;
  readonly raw: readonly Point[];
  /** null without smoothing. */
  readonly smooth: readonly Point[] | null;
  /** Ends of the interval, in order of x; null without one. */
  readonly band: readonly BandPoint[] | null;
  readonly drawn: number;
  readonly of: number;
}

export interface HorizontalAxis {
  readonly domain: Domain;
  readonly ticks: readonly number[];
  readonly scale: ScaleKind;
  readonly title: string;
  /** Of the tracks' steps, whatever the axis counts now: see StepAxis. */
  readonly steps: StepAxis;
}

export interface ChartModel {
  readonly scale: ScaleKind;
  readonly x: HorizontalAxis;
  readonly y: { readonly domain: Domain; readonly ticks: readonly number[] };
  readonly lines: readonly Line[];
  /** The run by which steps are placed on the axis; null: there is none. */
  readonly ruler: Track | null;
  /** Values in the range that a log axis has no place for. */
  readonly notPositive: number;
  /** Of the line that is thinned most: points drawn, and points there are. */
  readonly thinned: { readonly drawn: number; readonly of: number } | null;
  /** There is no point to draw. */
  readonly isEmpty: boolean;
}

/** @param tickCounts about how many ticks the axes have room for */
export function chartModel(
  allSeries: readonly Series[],
  view: ChartView,
  tickCounts: { readonly x: number; readonly y: number } = { x: 6, y: 4 },
): ChartModel {
  const { mode, scale, axis = TRAINING_STEPS } = view;
  const xScale = mode === 'step' ? axis.scale : 'linear';
  const tracks = allSeries.map(({ track }) => track);
  const ruler = rulerOf(tracks, mode);
  const xDomain = xDomainOf(tracks, ruler, view);
  let notPositive = 0;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;

  const lines = allSeries.map((series): Line => {
    const x = series.track[mode];
    const isVisible = (i: number) => x[i]! >= xDomain[0] && x[i]! <= xDomain[1];
    const show = (values: Float64Array) => {
      for (const [i, value] of values.entries()) {
        if (Number.isNaN(value) || !isVisible(i)) continue;
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
      return minMaxBuckets(x, values, xDomain, view.mostPoints ?? MOST_POINTS);
    };
    const onScale = (values: Float64Array) => (scale === 'log' ? values.map((v) => (v > 0 ? v : Number.NaN)) : values);
    if (scale === 'log') notPositive += series.values.filter((value, i) => value <= 0 && isVisible(i)).length;
    const raw = onScale(series.values);
    const keptRaw = show(raw);
    const smooth =
      view.smoothing > 0 && series.isSmoothed !== true ? onScale(debiasedMean(series.values, view.smoothing)) : null;
    const keptSmooth = smooth === null ? null : show(smooth);
    const band = series.band === undefined ? null : bandOf(x, series.band, keptRaw);
    for (const { x: at, ends } of band ?? []) {
      if (ends === null || at < xDomain[0] || at > xDomain[1]) continue;
      const shown = ends.filter((end) => scale === 'linear' || end > 0);
      least = Math.min(least, ...shown);
      greatest = Math.max(greatest, ...shown);
    }
    return {
      series,
      raw: pointsOf(x, raw, keptRaw),
      smooth: smooth === null ? null : pointsOf(x, smooth, keptSmooth!),
      band,
      drawn: keptRaw.drawn,
      of: keptRaw.of,
    };
  });

  const isEmpty = least > greatest;
  const nothing: Domain = scale === 'log' ? [0.1, 1] : [0, 1];
  const yDomain = isEmpty ? nothing : domainOf(least, greatest, scale, view.atLeast);
  const worst = lines.reduce<Line | null>((a, b) => (a === null || b.of - b.drawn > a.of - a.drawn ? b : a), null);
  return {
    scale,
    x: {
      domain: xDomain,
      ticks: xScale === 'log' ? stepTicks(tracks, xDomain, tickCounts.x) : ticksOf(xDomain, 'linear', tickCounts.x),
      scale: xScale,
      title: mode === 'step' ? axis.title : X_TITLES[mode],
      steps: axis,
    },
    y: { domain: yDomain, ticks: ticksOf(yDomain, scale, tickCounts.y) },
    lines:
      scale === 'linear'
        ? lines
        : lines.map((line) => ({ ...line, band: line.band && clippedBand(line.band, yDomain[0]) })),
    ruler,
    notPositive,
    thinned: worst !== null && worst.drawn < worst.of ? { drawn: worst.drawn, of: worst.of } : null,
    isEmpty,
  };
}

function pointsOf(x: Float64Array, y: Float64Array, { indices }: Kept): Point[] {
  return indices.map((index, i) =>
    index === GAP ? { x: x[indices[i - 1]!]!, y: null } : { x: x[index]!, y: y[index]! },
  );
}

function bandOf(x: Float64Array, band: NonNullable<Series['band']>, { indices }: Kept): readonly BandPoint[] {
  const every = Math.ceil(indices.length / MOST_BAND_POINTS);
  const chosen = indices.filter((index, i) => index === GAP || i % every === 0 || i === indices.length - 1);
  return chosen.map((index, i) => {
    if (index === GAP) return { x: x[Math.max(0, chosen[i - 1] ?? 0)]!, ends: null };
    const ends = band(index);
    return { x: x[index]!, ends: ends === null ? null : [ends.low, ends.high] };
  });
}

/** A band on a log axis runs out of the picture where its lower end is 0 or less. */
function clippedBand(band: readonly BandPoint[], floor: number): readonly BandPoint[] {
  return band.map(({ x, ends }) =>
    ends === null || ends[1] <= 0 ? { x, ends: null } : { x, ends: [Math.max(ends[0], floor), ends[1]] },
  );
}

/** How a line is drawn, what lies behind first. */
export function strokesOf({ series: { weight }, raw, smooth }: Line): readonly Stroke[] {
  if (weight !== undefined) return [{ points: smooth ?? raw, kind: weight }];
  if (smooth === null) return [{ points: raw, kind: 'only' }];
  return [
    { points: raw, kind: 'raw' },
    { points: smooth, kind: 'smooth' },
  ];
}

/** The steps themselves, every n-th if they are too many. */
function stepTicks(tracks: readonly Track[], [from, to]: Domain, most: number): number[] {
  const steps = [...new Set(tracks.flatMap(({ step }) => [...step]))].filter((step) => step >= from && step <= to);
  const every = Math.ceil(steps.length / (most + 1));
  return steps.sort((a, b) => a - b).filter((_, i) => i % every === 0);
}

function xDomainOf(
  tracks: readonly Track[],
  ruler: Track | null,
  { mode, range, axis = TRAINING_STEPS }: ChartView,
): Domain {
  if (ruler === null) return [0, 1];
  const begin = Math.min(...tracks.flatMap((track) => track[mode][0] ?? []));
  const end = ruler[mode].at(-1)!;
  const isLog = mode === 'step' && axis.scale === 'log';
  const [from, to] =
    range === null
      ? [begin, isLog ? end : roundedEnd(begin, end)]
      : [xOfStep(ruler, range[0], mode), xOfStep(ruler, range[1], mode)];
  if (from < to) return [from, to];
  return isLog ? [from / 2, to * 2] : [from - 0.5, to + 0.5];
}
