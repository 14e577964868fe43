// One plot of a figure: a frame with its axes, and lines, bands, steps, bars or a map inside it.

import type { SeedInterval } from '../seedStatistics.ts';
import { type Axis, placeOn, tickText } from './axis.ts';
import { coordinate, type Drawing, GRID, QUIET, type SeriesStyle } from './svg.ts';

const BAND_OPACITY = 0.13;
const THIN_OPACITY = 0.4;
const TITLE_SIZE = 13;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** More room under the title, for a legend. */
  readonly head?: number;
}

export interface CurveOfSeeds {
  readonly style: SeriesStyle;
  readonly steps: readonly number[];
  readonly points: readonly (SeedInterval | null)[];
  /** One line a seed, drawn thin. */
  readonly seeds: readonly { readonly steps: readonly number[]; readonly values: readonly (number | null)[] }[];
}

interface Frame {
  readonly xAt: (x: number) => number;
  readonly yAt: (y: number) => number;
}

/** The space that ticks and titles take around a plot. */
export const ROOM = { left: 58, right: 12, top: 30, bottom: 40 } as const;

/** Draws title, axes and grid. @returns where values stand */
export function drawFrame(drawing: Drawing, box: Box, title: string, x: Axis, y: Axis, xTitle: string): Frame {
  const [left, right] = [box.left + ROOM.left, box.left + box.width - ROOM.right];
  const [top, bottom] = [box.top + ROOM.top + (box.head ?? 0), box.top + box.height - ROOM.bottom];
  const xAt = (value: number) => coordinate(left + placeOn(x, value) * (right - left));
  const yAt = (value: number) => coordinate(bottom - placeOn(y, value) * (bottom - top));
  drawing.text(box.left + 8, box.top + 14, title, { size: TITLE_SIZE, bold: true });
  for (const tick of y.ticks) {
    drawing.path(`M${left} ${yAt(tick)}H${right}`, { stroke: GRID });
    drawing.text(left - 7, yAt(tick) + 4, tickText(tick), { size: 11, anchor: 'end', colour: QUIET });
  }
  for (const tick of x.ticks) {
    drawing.path(`M${xAt(tick)} ${bottom}v4`, { stroke: QUIET });
    drawing.text(xAt(tick), bottom + 17, tickText(tick), { size: 11, anchor: 'middle', colour: QUIET });
  }
  drawing.path(`M${left} ${top}V${bottom}H${right}`, { stroke: QUIET });
  drawing.text((left + right) / 2, bottom + 33, xTitle, { size: 11, anchor: 'middle', colour: QUIET });
  return { xAt, yAt };
}

/** A line through points; a gap where a value is not defined. */
function line(xs: readonly number[], ys: readonly (number | null)[], { xAt, yAt }: Frame): string {
  let d = '';
  let isDrawing = false;
  for (const [i, x] of xs.entries()) {
    const y = ys[i] ?? null;
    if (y !== null) d += `${isDrawing ? 'L' : 'M'}${xAt(x)} ${yAt(y)}`;
    isDrawing = y !== null;
  }
  return d;
}

/** Bands first, then the seeds' thin lines, then the means with their marks. */
export function drawCurves(drawing: Drawing, frame: Frame, curves: readonly CurveOfSeeds[], most: number): void {
  const { xAt, yAt } = frame;
  for (const { style, steps, points } of curves) {
    const known = steps.flatMap((step, i) => {
      const point = points[i] ?? null;
      return point === null || point.low === null || point.high === null
        ? []
        : [{ step, low: point.low, high: point.high }];
    });
    if (known.length < 2) continue;
    const over = known.map(({ step, high }) => `${xAt(step)} ${yAt(high)}`);
    const back = known.toReversed().map(({ step, low }) => `${xAt(step)} ${yAt(low)}`);
    drawing.path(`M${[...over, ...back].join('L')}Z`, { fill: style.colour, opacity: BAND_OPACITY });
  }
  for (const { style, seeds } of curves)
    for (const { steps, values } of seeds)
      drawing.path(line(steps, values, frame), { stroke: style.colour, width: 0.8, opacity: THIN_OPACITY });
  for (const { style, steps, points } of curves) {
    const means = points.map((point) => point?.value ?? null);
    drawing.path(line(steps, means, frame), { stroke: style.colour, width: 2.2, dash: style.dash });
    const every = Math.max(1, Math.ceil(steps.length / most));
    for (const [i, step] of steps.entries()) {
      const mean = means[i] ?? null;
      if (mean !== null && (i % every === 0 || i === steps.length - 1)) drawing.mark(xAt(step), yAt(mean), style);
    }
  }
}

/** An outline of a histogram: each share over the width of its bin. */
export function drawSteps(
  drawing: Drawing,
  { xAt, yAt }: Frame,
  {
    style,
    binWidth,
    shares,
  }: { readonly style: SeriesStyle; readonly binWidth: number; readonly shares: readonly number[] },
): void {
  const tops = shares.map((share, i) => `V${yAt(share)}H${xAt((i + 1) * binWidth)}`).join('');
  const d = `M${xAt(0)} ${yAt(0)}${tops}V${yAt(0)}`;
  drawing.path(`${d}Z`, { fill: style.colour, opacity: BAND_OPACITY });
  drawing.path(d, { stroke: style.colour, width: 1.8, dash: style.dash });
}

/** A value with its interval and its seeds, lying. */
export function drawInterval(
  drawing: Drawing,
  { xAt }: Frame,
  y: number,
  {
    style,
    interval,
    seeds,
  }: { readonly style: SeriesStyle; readonly interval: SeedInterval; readonly seeds: readonly number[] },
): void {
  const { low, high, value } = interval;
  for (const each of seeds)
    drawing.path(`M${xAt(each)} ${y - 7}v14`, { stroke: style.colour, width: 0.8, opacity: THIN_OPACITY });
  if (low !== null && high !== null) drawing.path(`M${xAt(low)} ${y}H${xAt(high)}`, { stroke: style.colour, width: 3 });
  drawing.mark(xAt(value), y, style, 5);
}
