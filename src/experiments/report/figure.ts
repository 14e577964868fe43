// The figure of an experiment: its plots, two in a row, under one legend.

import { type Measure, measureById, seriesOf } from '../measures.ts';
import type { Results } from '../results.ts';
import { armCurve, baselineOf, differenceCurve, type PointResults, pointResults, summaryAt } from '../summary.ts';
import { type Axis, axisFor } from './axis.ts';
import { type Box, type CurveOfSeeds, drawCurves, drawFrame, drawInterval, drawSteps, ROOM } from './panel.ts';
import type { Plot } from './plan.ts';
import { coordinate, Drawing, INK, QUIET, type SeriesStyle, styleOf, textWidth } from './svg.ts';

const WIDTH = 960;
const COLUMNS = 2;
const PLOT_HEIGHT = 270;
const MARGIN = 16;
const LEGEND_ROW = 22;
const LEGEND_SIZE = 12.5;
/** Of a row of bars, with its name above. */
const BAR_ROW = 40;
/** More marks on a line than this hide it. */
const MOST_MARKS = 9;
const ROLES = ['fork', 'knowledge', 'format'] as const;

interface Named {
  readonly label: string;
  readonly style: SeriesStyle;
}

/** A plot that has something to show. */
interface Panel {
  readonly title: string;
  readonly height: number;
  readonly draw: (drawing: Drawing, box: Box) => void;
  /** What the figure's legend must name. */
  readonly legend: readonly Named[];
}

/** @returns the file's text; null when there is nothing to draw */
export function figureOf(results: Results, plots: readonly Plot[]): string | null {
  const panels = plots.flatMap((plot) => panelsOf(results, plot));
  if (panels.length === 0) return null;
  const drawing = new Drawing();
  const legend = [...new Map(panels.flatMap((panel) => panel.legend).map((named) => [named.label, named])).values()];
  const place = { left: MARGIN + 8, top: 24, right: WIDTH - MARGIN };
  let top = legend.length === 0 ? MARGIN : drawLegend(drawing, legend, place) + 10;
  const width = (WIDTH - 2 * MARGIN) / COLUMNS;
  for (let i = 0; i < panels.length; i += COLUMNS) {
    const row = panels.slice(i, i + COLUMNS);
    const height = Math.max(...row.map((panel) => panel.height));
    for (const [column, panel] of row.entries())
      panel.draw(drawing, { left: MARGIN + column * width, top, width, height: panel.height });
    top += height;
  }
  return drawing.toSvg(WIDTH, top + 6, `${results.experiment.name}: ${panels.map(({ title }) => title).join('; ')}`);
}

interface Place {
  readonly left: number;
  /** Base line of the first row. */
  readonly top: number;
  readonly right: number;
}

/** @returns its lower end */
function drawLegend(drawing: Drawing, named: readonly Named[], { left, top, right }: Place): number {
  let [x, y] = [left, top];
  for (const { label, style } of named) {
    const width = 46 + textWidth(label, LEGEND_SIZE) + 18;
    if (x + width > right && x > left) {
      x = left;
      y += LEGEND_ROW;
    }
    drawing.path(`M${coordinate(x)} ${y - 4}h36`, { stroke: style.colour, width: 2.2, dash: style.dash });
    drawing.mark(x + 18, y - 4, style);
    drawing.text(x + 44, y, label, { size: LEGEND_SIZE });
    x += width;
  }
  return y;
}

function panelsOf(results: Results, plot: Plot): Panel[] {
  const points = pointResults(results).filter(({ cells }) => cells.length > 0);
  const named = (point: PointResults): Named => ({
    label: point.name,
    style: styleOf(pointResults(results).findIndex(({ name }) => name === point.name)),
  });
  switch (plot.kind) {
    case 'arms': {
      const measure = measureById(plot.measure, results.cells);
      const shown = points.filter(({ arm }) => plot.arms?.includes(arm) ?? true);
      if (measure === null) return [];
      const curves = shown.map((point) => ({ ...named(point), ...armCurve(point, measure.id, 'mean') }));
      return curvesPanel(titleOf(measure), curves, { kind: plot.scale ?? 'linear', zero: false });
    }
    case 'differences': {
      const measure = measureById(plot.measure, results.cells);
      if (measure === null) return [];
      const curves = points
        .filter((point) => baselineOf(results.experiment, points, point) !== point)
        .map((point) => {
          const baseline = baselineOf(results.experiment, pointResults(results), point);
          return { ...named(point), ...differenceCurve(point, baseline, measure.id, 'mean'), seeds: [] };
        });
      return curvesPanel(`difference from ${results.experiment.baseline}: ${measure.label}`, curves, {
        kind: 'linear',
        zero: true,
      });
    }
    case 'measures': {
      const point = points.find(({ arm }) => arm === plot.arm);
      if (point === undefined) return [];
      const curves = plot.measures.map((id, i) => ({
        label: id.slice(id.indexOf('/') + 1),
        style: styleOf(i + 2),
        ...armCurve(point, id, 'mean'),
      }));
      // With a legend of its own: these are no arms.
      return curvesPanel(plot.title, curves, { kind: 'linear', zero: false }).map(({ draw, legend, ...panel }) => ({
        ...panel,
        legend: [],
        draw: (drawing, box) => {
          drawLegend(drawing, legend, { left: box.left + 50, top: box.top + 34, right: box.left + box.width });
          draw(drawing, { ...box, head: LEGEND_ROW });
        },
      }));
    }
    case 'entropies':
      return points.map((point) => entropiesPanel(point, plot.evaluation));
    case 'ratios':
      return ratiosPanel(results, plot.measure);
  }
}

function titleOf({ label, unit }: Measure): string {
  return unit === null ? label : `${label}, ${unit}`;
}

function curvesPanel(
  title: string,
  curves: readonly (Named & CurveOfSeeds)[],
  { kind, zero }: { readonly kind: 'linear' | 'log'; readonly zero: boolean },
): Panel[] {
  const ends = curves.flatMap(({ points, seeds }) => [
    ...points.flatMap((point) =>
      point === null ? [] : [point.value, point.low ?? point.value, point.high ?? point.value],
    ),
    ...seeds.flatMap(({ values }) => values.filter((value) => value !== null)),
  ]);
  const values = kind === 'log' ? ends.filter((value) => value > 0) : ends;
  const steps = curves.flatMap((curve) => curve.steps);
  if (values.length === 0) return [];
  const y = axisFor(kind, values, zero ? [0] : []);
  const x = axisFor('linear', steps, [0]);
  const draw = (drawing: Drawing, box: Box) => {
    const frame = drawFrame(drawing, box, title, x, y, 'step');
    if (zero) drawing.path(`M${frame.xAt(x.domain[0])} ${frame.yAt(0)}H${frame.xAt(x.domain[1])}`, { stroke: INK });
    drawCurves(drawing, frame, curves, MOST_MARKS);
  };
  return [{ title, height: PLOT_HEIGHT, draw, legend: curves.map(({ label, style }) => ({ label, style })) }];
}

/** Shares of the tokens of a role, all seeds together. */
function entropiesPanel(point: PointResults, evaluation: string): Panel {
  const made = point.cells.flatMap(({ evaluations }) =>
    evaluations.filter(({ name, step }) => name === evaluation && step === 0),
  );
  const binWidth = made[0]!.histogram.binNats;
  const outlines = ROLES.flatMap((role, i) => {
    const counts = made.map(({ histogram }) => histogram[role]);
    const bins = Math.max(...counts.map(({ length }) => length));
    const pooled = Array.from({ length: bins }, (_, bin) => counts.reduce((sum, each) => sum + (each[bin] ?? 0), 0));
    const total = pooled.reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : [{ role, style: styleOf(i + 1), binWidth, shares: pooled.map((count) => count / total) }];
  });
  const x = axisFor(
    'linear',
    outlines.map(({ shares }) => shares.length * binWidth),
    [0],
  );
  const y: Axis = { kind: 'root', domain: [0, 1], ticks: [0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1] };
  const title = `${point.name}: share of the tokens of a role`;
  return {
    title,
    height: PLOT_HEIGHT,
    legend: outlines.map(({ role, style }) => ({ label: role, style })),
    draw: (drawing, box) => {
      const frame = drawFrame(drawing, box, title, x, y, 'entropy at tau 1, nats');
      for (const outline of outlines) drawSteps(drawing, frame, outline);
    },
  };
}

function ratiosPanel(results: Results, id: string): Panel[] {
  const measure = measureById(id, results.cells);
  if (measure === null) return [];
  const rows = summaryAt(results, measure, 'last').flatMap(({ point, ratio }, i) => {
    if (ratio === null) return [];
    const baseline = baselineOf(results.experiment, pointResults(results), point);
    const seeds = point.cells.flatMap((cell) => {
      const twin = baseline.cells.find(({ seed }) => seed === cell.seed);
      const [here, there] = [cell, twin].map((each) =>
        each === undefined ? null : (seriesOf(each, id).values[0] ?? null),
      );
      return here == null || there == null ? [] : [here / there];
    });
    return [{ label: point.name, style: styleOf(i), interval: ratio, seeds }];
  });
  if (rows.length === 0) return [];
  const x = axisFor(
    'linear',
    rows.flatMap(({ seeds, interval: { low, high } }) => [...seeds, low ?? 1, high ?? 1]),
    [1],
  );
  const title = `${measure.label}: ratio to ${results.experiment.baseline}`;
  const height = 70 + rows.length * BAR_ROW;
  return [
    {
      title,
      height,
      legend: [],
      draw: (drawing, box) => {
        const frame = drawFrame(drawing, box, title, x, { kind: 'linear', domain: [0, 1], ticks: [] }, 'ratio');
        const [top, bottom] = [frame.yAt(1), frame.yAt(0)];
        drawing.path(`M${frame.xAt(1)} ${top}V${bottom}`, { stroke: QUIET, dash: '2 3' });
        for (const [i, row] of rows.entries()) {
          const middle = top + (i + 0.65) * BAR_ROW;
          drawing.text(box.left + ROOM.left + 4, middle - 12, row.label, { size: 11.5 });
          drawInterval(drawing, frame, middle, row);
        }
      },
    },
  ];
}
