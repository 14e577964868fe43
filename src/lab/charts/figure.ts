// A chart as a figure for a paper, a talk or a notebook: the same model as on the page, with every point drawn, a light
// ground, the title, the legend and a line that says which run it is. It is a list of paths and texts, which svg.ts
// writes and paint.ts draws on a canvas.

import { MARK_SIGNS, type Mark } from './marks.ts';
import { type BandPoint, type ChartModel, type Line, type Point, type Stroke, strokesOf } from './model.ts';
import { positionOf, tickText } from './scale.ts';
import { shapePath } from './style.ts';
import { type XMode, xOfStep } from './track.ts';

export interface FigurePath {
  readonly kind: 'path';
  /** SVG path data. */
  readonly d: string;
  readonly fill: string | null;
  readonly stroke: string | null;
  readonly width: number;
  /** Lengths of strokes and gaps, as SVG writes them; '': solid. */
  readonly dash: string;
  readonly opacity: number;
}

export interface FigureText {
  readonly kind: 'text';
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly weight: 400 | 600;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly colour: string;
}

export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly items: readonly (FigurePath | FigureText)[];
}

export interface FigureContent {
  readonly title: string;
  /** '': none. */
  readonly unit: string;
  readonly mode: XMode;
  readonly model: ChartModel;
  readonly marks: readonly Mark[];
  /** Which run, and what of its config differs from the defaults. */
  readonly caption: string;
  /** Weight of the smoothing; 0: none. */
  readonly smoothing: number;
  /** A CSS colour for the name of a custom property, on a light ground. */
  readonly colourOf: (property: string) => string;
}

const WIDTH = 960;
const PLOT = { left: 72, right: 936, height: 340 } as const;
const GROUND = '#ffffff';
const INK = '#1b2130';
const QUIET = '#596377';
const GRID = '#d9dee6';
const BAND_OPACITY = 0.16;
const STROKES: Readonly<Record<Stroke['kind'], { readonly width: number; readonly opacity: number }>> = {
  raw: { width: 2, opacity: 0.28 },
  smooth: { width: 2, opacity: 1 },
  only: { width: 2, opacity: 1 },
  thin: { width: 1, opacity: 0.55 },
  bold: { width: 3, opacity: 1 },
};

/** Mean width of a character of a sans-serif font, in its size. */
const CHARACTER = 0.56;
const widthOf = (text: string, size: number) => text.length * CHARACTER * size;

export function drawFigure(content: FigureContent): Figure {
  const items: (FigurePath | FigureText)[] = [];
  const path = (d: string, more: Partial<FigurePath>) =>
    items.push({ kind: 'path', d, fill: null, stroke: null, width: 1, dash: '', opacity: 1, ...more });
  const text = (x: number, y: number, words: string, more: Partial<FigureText> = {}) =>
    items.push({ kind: 'text', x, y, text: words, size: 13, weight: 400, anchor: 'start', colour: INK, ...more });
  const { model, colourOf } = content;

  text(24, 36, content.title + (content.unit === '' ? '' : ` (${content.unit})`), { size: 20, weight: 600 });
  const legend = placeLegend(legendLines(model), 24, 62);
  for (const { x, y, line } of legend.places) {
    const { style, label } = line.series;
    const colour = colourOf(style.colour);
    path(`M${x} ${y - 4}H${x + 34}`, { stroke: colour, width: 2, dash: style.dash });
    path(shapePath(style.shape, x + 17, y - 4, 4), { fill: colour });
    text(x + 42, y, label);
  }

  const top = legend.bottom + 22;
  const bottom = top + PLOT.height;
  const xAt = (x: number) => round(PLOT.left + positionOf(x, model.x.domain, model.x.scale) * (PLOT.right - PLOT.left));
  const yAt = (y: number) => round(bottom - positionOf(y, model.y.domain, model.scale) * PLOT.height);
  for (const tick of model.y.ticks) {
    path(`M${PLOT.left} ${yAt(tick)}H${PLOT.right}`, { stroke: GRID });
    text(PLOT.left - 8, yAt(tick) + 4, tickText(tick), { anchor: 'end', colour: QUIET });
  }
  for (const tick of model.x.ticks) {
    path(`M${xAt(tick)} ${bottom}v5`, { stroke: QUIET });
    text(xAt(tick), bottom + 20, tickText(tick), { anchor: 'middle', colour: QUIET });
  }
  path(`M${PLOT.left} ${top}V${bottom}H${PLOT.right}`, { stroke: QUIET });
  text((PLOT.left + PLOT.right) / 2, bottom + 42, model.x.title, { anchor: 'middle', colour: QUIET });

  for (const { mark, x } of marksInSight(content)) {
    path(`M${xAt(x)} ${top}V${bottom}`, { stroke: QUIET, dash: '2 4' });
    text(xAt(x), top - 6, MARK_SIGNS[mark.kind], { anchor: 'middle' });
  }
  for (const { series, band } of model.lines)
    if (band !== null)
      path(bandPath(clip(band, model.x.domain), xAt, yAt), {
        fill: colourOf(series.style.colour),
        opacity: BAND_OPACITY,
      });
  for (const line of model.lines) {
    const { colour, dash } = line.series.style;
    for (const { points, kind } of strokesOf(line))
      path(linePath(clip(points, model.x.domain), xAt, yAt), { stroke: colourOf(colour), dash, ...STROKES[kind] });
  }

  let y = bottom + 66;
  for (const sentence of sentences(content))
    for (const line of wrapped(sentence, WIDTH - 48, 12)) {
      text(24, y, line, { size: 12, colour: QUIET });
      y += 17;
    }
  const height = y + 8;
  items.unshift({
    kind: 'path',
    d: `M0 0H${WIDTH}V${height}H0Z`,
    fill: GROUND,
    stroke: null,
    width: 0,
    dash: '',
    opacity: 1,
  });
  return { width: WIDTH, height, items };
}

/** What stands below the plot. */
function sentences(content: FigureContent): string[] {
  const { model, smoothing, caption } = content;
  const notes: string[] = [];
  if (smoothing > 0)
    notes.push(`Bold: exponential moving average with weight ${smoothing}, debiased; faint: every value as it was.`);
  if (model.notPositive > 0)
    notes.push(`${model.notPositive} value${model.notPositive === 1 ? '' : 's'} ≤ 0 cannot stand on the log axis.`);
  const seen = marksInSight(content);
  if (seen.length > 0)
    notes.push(seen.map(({ mark: { kind, step, text } }) => `${MARK_SIGNS[kind]} ${step}: ${text}`).join(' · '));
  return [...notes, caption].filter((note) => note !== '');
}

/** The marks within the axis, each where it stands in its own run. */
function marksInSight({ model, marks, mode }: FigureContent): { readonly mark: Mark; readonly x: number }[] {
  return marks.flatMap((mark) => {
    const x = xOfMark(mark, model, mode);
    return x !== null && x >= model.x.domain[0] && x <= model.x.domain[1] ? [{ mark, x }] : [];
  });
}

/** Where a mark stands on the axis: by the steps of the line that it is of; null: that line is not there. */
export function xOfMark(
  { step, line }: Mark,
  { lines, ruler }: Pick<ChartModel, 'lines' | 'ruler'>,
  mode: XMode,
): number | null {
  const track = line === undefined ? ruler : (lines.find(({ series }) => series.key === line)?.series.track ?? null);
  return track === null ? null : xOfStep(track, step, mode);
}

/** The lines that a legend names: thin ones are spoken for by a bold one. */
export function legendLines({ lines }: Pick<ChartModel, 'lines'>): readonly Line[] {
  return lines.filter(({ series }) => series.weight !== 'thin');
}

function placeLegend(lines: readonly Line[], left: number, first: number) {
  let x = left;
  let y = first;
  const places = lines.map((line) => {
    const width = 42 + widthOf(line.series.label, 13) + 24;
    if (x + width > WIDTH && x > left) {
      x = left;
      y += 22;
    }
    const place = { x, y, line };
    x += width;
    return place;
  });
  return { places, bottom: y };
}

/** Without the points beyond the ends of the axis, which only the page's plot can cut off. */
const clip = <P extends { readonly x: number }>(points: readonly P[], [from, to]: readonly [number, number]) =>
  points.filter(({ x }) => x >= from && x <= to);

/** Path of a line; a point without neighbours becomes a dot, which round caps make visible. */
export function linePath(points: readonly Point[], xAt: (x: number) => number, yAt: (y: number) => number): string {
  let d = '';
  let isDrawing = false;
  for (const { x, y } of points) {
    if (y === null) {
      isDrawing = false;
      continue;
    }
    // The zero-length line makes a cap when nothing follows.
    d += isDrawing ? `L${xAt(x)} ${yAt(y)}` : `M${xAt(x)} ${yAt(y)}h0`;
    isDrawing = true;
  }
  return d;
}

/** Path of a band, to be filled: one closed piece for each stretch without a gap. */
export function bandPath(points: readonly BandPoint[], xAt: (x: number) => number, yAt: (y: number) => number): string {
  let d = '';
  let piece: { readonly x: number; readonly ends: readonly [number, number] }[] = [];
  const close = () => {
    const there = piece.map(({ x, ends }) => `${xAt(x)} ${yAt(ends[1])}`);
    const back = piece.toReversed().map(({ x, ends }) => `${xAt(x)} ${yAt(ends[0])}`);
    if (piece.length > 1) d += `M${[...there, ...back].join('L')}Z`;
    piece = [];
  };
  for (const { x, ends } of points) {
    if (ends === null) close();
    else piece.push({ x, ends });
  }
  close();
  return d;
}

function wrapped(sentence: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`, size) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const round = (value: number) => Math.round(value * 10) / 10;
