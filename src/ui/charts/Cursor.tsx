// What moves over a plot: the cursor, the selection of a zoom, the marks. Pointer and keyboard act here, on the shared
// view, and the lines below are not drawn again.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { xOfMark } from '../../lab/charts/figure.ts';
import { MARK_SIGNS, type Mark } from '../../lab/charts/marks.ts';
import type { ChartModel } from '../../lab/charts/model.ts';
import { type Domain, positionOf, valueAtPosition } from '../../lab/charts/scale.ts';
import { shapePath } from '../../lab/charts/style.ts';
import { nearestRow, rowAt, stepOfX, type XMode, xOfStep } from '../../lab/charts/track.ts';
import { PLOT } from './place.ts';
import { useShared, useSharedStore } from './view.ts';

/** A drag shorter than this is a click. */
const LEAST_DRAG_PX = 6;
const ROWS_A_LEAP = 10;
const ZOOM_FACTOR = 2;

interface Props {
  readonly title: string;
  readonly model: ChartModel;
  readonly mode: XMode;
  readonly marks: readonly Mark[];
  readonly width: number;
  /** The values at the cursor in words. */
  readonly reading: string;
  readonly describedBy: string;
}

export function Cursor({ title, model, mode, marks, width, reading, describedBy }: Props) {
  const shared = useSharedStore();
  const cursorStep = useShared((view) => view.cursorStep);
  const began = useRef<number | null>(null);
  const [selection, setSelection] = useState<Domain | null>(null);

  const track = model.ruler;
  if (track === null) return null;
  const steps = track.step;
  const plotWidth = width - PLOT.left - PLOT.right;
  const pixelOf = (x: number) => PLOT.left + positionOf(x, model.x.domain, model.x.scale) * plotWidth;
  const pixelOfStep = (step: number) => pixelOf(xOfStep(track, step, mode));
  const stepOfPixel = (pixel: number) => {
    const share = Math.min(1, Math.max(0, (pixel - PLOT.left) / plotWidth));
    return stepOfX(track, valueAtPosition(share, model.x.domain, model.x.scale), mode);
  };
  const pixelOfEvent = (event: PointerEvent<HTMLElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const visible: Domain = [stepOfX(track, model.x.domain[0], mode), stepOfX(track, model.x.domain[1], mode)];

  const follow = (event: PointerEvent<HTMLElement>) => {
    const pixel = pixelOfEvent(event);
    const step = steps[nearestRow(track, stepOfPixel(pixel))]!;
    if (step !== shared.getState().cursorStep) shared.setState({ cursorStep: step });
    if (began.current !== null && Math.abs(pixel - began.current) >= LEAST_DRAG_PX)
      setSelection([Math.min(pixel, began.current), Math.max(pixel, began.current)]);
  };
  const begin = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    began.current = pixelOfEvent(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    follow(event);
  };
  const end = () => {
    if (selection !== null) shared.setState({ range: [stepOfPixel(selection[0]), stepOfPixel(selection[1])] });
    began.current = null;
    setSelection(null);
  };
  const leave = () => {
    if (began.current === null) shared.setState({ cursorStep: null });
  };

  const zoom = (factor: number) => {
    const centre = cursorStep ?? visible[1];
    const [first, last] = [steps[0]!, steps.at(-1)!];
    const from = Math.max(first, centre - (centre - visible[0]) * factor);
    const to = Math.min(last, centre + (visible[1] - centre) * factor);
    shared.setState({ range: from <= first && to >= last ? null : [from, to] });
  };
  const press = (event: KeyboardEvent) => {
    const row = nearestRow(track, cursorStep ?? steps.at(-1)!);
    const leap = event.shiftKey ? ROWS_A_LEAP : 1;
    const toRow = (index: number) =>
      shared.setState({ cursorStep: steps[Math.min(steps.length - 1, Math.max(0, index))]! });
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => toRow(row - leap),
      ArrowRight: () => toRow(row + leap),
      Home: () => toRow(0),
      End: () => toRow(steps.length - 1),
      Escape: () => shared.setState({ cursorStep: null }),
      '+': () => zoom(1 / ZOOM_FACTOR),
      '-': () => zoom(ZOOM_FACTOR),
      '0': () => shared.setState({ range: null }),
    };
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  const shownMarks = marks.flatMap((mark) => {
    const x = xOfMark(mark, model, mode);
    return x !== null && x >= model.x.domain[0] && x <= model.x.domain[1] ? [{ ...mark, at: pixelOf(x) }] : [];
  });
  const colourOf = (line: string | undefined) =>
    model.lines.find(({ series }) => line !== undefined && series.key === line)?.series.style.colour;
  return (
    <div
      className="chart-cursor"
      role="slider"
      tabIndex={0}
      aria-label={`${title}: ${model.x.steps.title}`}
      aria-orientation="horizontal"
      aria-valuemin={steps[0]}
      aria-valuemax={steps.at(-1)}
      aria-valuenow={cursorStep ?? steps.at(-1)}
      aria-valuetext={reading}
      aria-describedby={describedBy}
      onPointerMove={follow}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerLeave={leave}
      onDoubleClick={() => shared.setState({ range: null })}
      onKeyDown={press}
    >
      <svg width={width} height={PLOT.height} aria-hidden="true">
        {shownMarks.map(({ step, kind, text, line, at }, i) => (
          // Two marks of one step are told apart by their order only.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <g key={i} className={`chart-mark ${kind}`}>
            <line
              x1={at}
              x2={at}
              y1={PLOT.top}
              y2={PLOT.height - PLOT.bottom}
              {...(colourOf(line) !== undefined && { style: { stroke: `var(${colourOf(line)})` } })}
            />
            <text x={at} y={PLOT.top - 5}>
              {MARK_SIGNS[kind]}
              <title>{`${model.x.steps.name} ${step}: ${text}`}</title>
            </text>
          </g>
        ))}
        {cursorStep !== null && cursorStep >= visible[0] && cursorStep <= visible[1] && (
          <g className="chart-rule">
            <line
              x1={pixelOfStep(cursorStep)}
              x2={pixelOfStep(cursorStep)}
              y1={PLOT.top}
              y2={PLOT.height - PLOT.bottom}
            />
            {model.lines.map(({ series }) => {
              const row = rowAt(series.track, track, cursorStep, mode);
              const value = series.values[row] ?? Number.NaN;
              if (series.weight === 'thin' || Number.isNaN(value) || (model.scale === 'log' && value <= 0)) return null;
              const height = PLOT.height - PLOT.top - PLOT.bottom;
              const y = PLOT.top + (1 - positionOf(value, model.y.domain, model.scale)) * height;
              return (
                <path
                  key={series.key}
                  d={shapePath(series.style.shape, pixelOf(series.track[mode][row]!), y, 4)}
                  fill={`var(${series.style.colour})`}
                />
              );
            })}
          </g>
        )}
        {selection !== null && (
          <rect
            className="chart-selection"
            x={selection[0]}
            width={selection[1] - selection[0]}
            y={PLOT.top}
            height={PLOT.height - PLOT.top - PLOT.bottom}
          />
        )}
      </svg>
    </div>
  );
}
