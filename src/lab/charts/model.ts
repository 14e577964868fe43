// A chart as numbers, before anything is drawn: which points of which lines, on which axes. The page's charts and the
// exported figures are two drawings of it.

import { GAP, type Kept, MOST_POINTS, minMaxBuckets } from './buckets.ts';
import { type Domain, domainOf, roundedEnd, type ScaleKind, ticksOf } from './scale.ts';
import { debiasedMean } from './smooth.ts';
import type { LineStyle } from './style.ts';
import type { Track, XMode } from './track.ts';

export interface Series {
  readonly key: string;
  readonly label: string;
  readonly style: LineStyle;
  readonly track: Track;
  /** One value for each entry of the track; NaN: missing. */
  readonly values: Float64Array;
}

export interface ChartView {
  readonly mode: XMode;
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

export interface Line {
  readonly series: Series;
  readonly raw: readonly Point[];
  /** null without smoothing. */
  readonly smooth: readonly Point[] | null;
  readonly drawn: number;
  readonly of: number;
}

export interface ChartModel {
  readonly scale: ScaleKind;
  readonly x: { readonly domain: Domain; readonly ticks: readonly number[] };
  readonly y: { readonly domain: Domain; readonly ticks: readonly number[] };
  readonly lines: readonly Line[];
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
  const { mode, scale } = view;
  const xDomain = xDomainOf(allSeries, view);
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
    const smooth = view.smoothing > 0 ? onScale(debiasedMean(series.values, view.smoothing)) : null;
    const keptSmooth = smooth === null ? null : show(smooth);
    return {
      series,
      raw: pointsOf(x, raw, keptRaw),
      smooth: smooth === null ? null : pointsOf(x, smooth, keptSmooth!),
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
    x: { domain: xDomain, ticks: ticksOf(xDomain, 'linear', tickCounts.x) },
    y: { domain: yDomain, ticks: ticksOf(yDomain, scale, tickCounts.y) },
    lines,
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

/** Where `step` stands on an axis that counts something else: between the rows around it, in a line. */
export function xOfStep({ step: steps, ...others }: Track, step: number, mode: XMode): number {
  if (mode === 'step' || steps.length === 0) return step;
  const x = others[mode];
  const after = steps.findIndex((at) => at >= step);
  if (after < 0) return x.at(-1)!;
  if (after === 0 || steps[after] === step) return x[after]!;
  const share = (step - steps[after - 1]!) / (steps[after]! - steps[after - 1]!);
  return x[after - 1]! + share * (x[after]! - x[after - 1]!);
}

/** The step that stands at `x`, or between which two it stands: the inverse of xOfStep. */
export function stepOfX(track: Track, x: number, mode: XMode): number {
  const { step: steps } = track;
  if (mode === 'step' || steps.length === 0) return x;
  const at = track[mode];
  const after = at.findIndex((value) => value >= x);
  if (after < 0) return steps.at(-1)!;
  if (after === 0) return steps[0]!;
  const width = at[after]! - at[after - 1]!;
  const share = width === 0 ? 1 : (x - at[after - 1]!) / width;
  return steps[after - 1]! + share * (steps[after]! - steps[after - 1]!);
}

function xDomainOf(allSeries: readonly Series[], { mode, range }: ChartView): Domain {
  const tracks = allSeries.map(({ track }) => track).filter(({ step }) => step.length > 0);
  const [first] = tracks;
  if (first === undefined) return [0, 1];
  const begin = Math.min(...tracks.map((track) => track[mode][0]!));
  const end = Math.max(...tracks.map((track) => track[mode].at(-1)!));
  const [from, to] =
    range === null ? [begin, roundedEnd(begin, end)] : [xOfStep(first, range[0], mode), xOfStep(first, range[1], mode)];
  return from < to ? [from, to] : [from - 0.5, to + 0.5];
}
