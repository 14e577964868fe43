// A schedule as a curve over training steps; where it is made of points, they can be dragged, or moved with the arrows.

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { linearTicks } from '../../lab/charts/scale.ts';
import { type Schedule, temperatureAt } from '../../temperature/schedule.ts';
import { spoken } from '../kit/Term.tsx';
import { added, type Knot, moved, removed } from './knots.ts';

/** Of the drawing, in its own units; the page scales it. */
const WIDTH = 300;
const HEIGHT = 110;
const SAMPLES = 150;
/** Steps that a schedule without an end is drawn over. */
const USUAL_SPAN = 300;
const STEP_KEYS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
const TAU_KEYS: Readonly<Record<string, number>> = { ArrowDown: -0.01, ArrowUp: 0.01 };

const knotsOf = (schedule: Schedule): readonly Knot[] =>
  schedule.kind === 'points' ? schedule.points : schedule.kind === 'stages' ? schedule.stages : [];

/** Steps that the plot shows. */
function spanOf(schedule: Schedule): number {
  switch (schedule.kind) {
    case 'linear':
    case 'cosine':
      return Math.ceil(schedule.steps * 1.25);
    case 'spike':
      return schedule.every * 4;
    case 'stages':
    case 'points':
      return Math.max(20, Math.ceil(knotsOf(schedule).at(-1)!.step * 1.25));
    case 'constant':
    case 'entropy':
      return USUAL_SPAN;
  }
}

export function SchedulePlot({
  name,
  schedule,
  onChange,
}: {
  readonly name: string;
  readonly schedule: Schedule;
  /** Given: the schedule is made of knots. */
  readonly onChange?: ((knots: readonly Knot[]) => void) | undefined;
}) {
  const plot = useRef<HTMLFieldSetElement>(null);
  // While a point is dragged the axes must not run away from under it.
  const [held, setHeld] = useState<{ readonly at: number; readonly span: number; readonly top: number } | null>(null);
  // It is steered by what training will do: there is nothing to draw yet.
  if (schedule.kind === 'entropy')
    return <p className="field-detail">Its course depends on the entropy that training meets.</p>;

  const knots = knotsOf(schedule);
  const isFirstFixed = schedule.kind === 'stages';
  const span = held?.span ?? spanOf(schedule);
  const at = Array.from({ length: SAMPLES + 1 }, (_, i) => Math.round((span * i) / SAMPLES));
  // Corners and spikes are narrower than the distance of two samples.
  const steps = [
    ...new Set([...at, ...knots.flatMap(({ step }) => [Math.max(0, step - 1), step]), ...spikes(schedule)]),
  ]
    .filter((step) => step <= span)
    .sort((a, b) => a - b);
  const taus = steps.map((step) => temperatureAt(schedule, step, null));
  const top = held?.top ?? Math.max(1.5, Math.ceil(Math.max(...taus) * 4 + 0.5) / 4);
  const x = (step: number) => step / span;
  const y = (tau: number) => 1 - tau / top;
  const line = steps.map((step, i) => `${(WIDTH * x(step)).toFixed(2)},${(HEIGHT * y(taus[i]!)).toFixed(2)}`).join(' ');

  const knotAt = (event: PointerEvent): Knot | null => {
    const box = plot.current?.getBoundingClientRect();
    if (box === undefined) return null;
    return {
      step: ((event.clientX - box.left) / box.width) * span,
      tau: (1 - (event.clientY - box.top) / box.height) * top,
    };
  };
  const onPointerMove = (event: PointerEvent) => {
    const to = knotAt(event);
    if (held !== null && to !== null) onChange?.(moved(knots, held.at, to, isFirstFixed));
  };
  const onKnotKey = (event: KeyboardEvent, i: number) => {
    const knot = knots[i]!;
    const by = event.shiftKey ? 10 : 1;
    const steps = STEP_KEYS[event.key];
    const taus = TAU_KEYS[event.key];
    if (steps !== undefined || taus !== undefined) {
      event.preventDefault();
      const to = { step: knot.step + (steps ?? 0) * by, tau: knot.tau + (taus ?? 0) * by };
      onChange?.(moved(knots, i, to, isFirstFixed));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onChange?.(removed(knots, i, isFirstFixed));
    }
  };

  return (
    <figure className="schedule-plot">
      <fieldset
        className="schedule-drawing"
        aria-label={`Points of ${spoken(name)}`}
        ref={plot}
        onPointerMove={onPointerMove}
        onPointerUp={() => setHeld(null)}
        onPointerCancel={() => setHeld(null)}
        onDoubleClick={(event) => {
          const knot = knotAt(event as unknown as PointerEvent);
          if (knot !== null) onChange?.(added(knots, knot));
        }}
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${spoken(name)} over training steps`}
        >
          {linearTicks([0, top], 3).map((tau) => (
            <line key={tau} className="grid" x1="0" x2={WIDTH} y1={HEIGHT * y(tau)} y2={HEIGHT * y(tau)} />
          ))}
          <polyline className="curve" points={line} />
        </svg>
        {linearTicks([0, top], 3)
          .filter((tau) => tau > 0 && tau < top)
          .map((tau) => (
            <span key={tau} className="tick" style={{ top: `${100 * y(tau)}%` }}>
              {tau}
            </span>
          ))}
        {onChange !== undefined &&
          knots.map((knot, i) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: a point that is moved must stay the same element.
              key={i}
              type="button"
              className="knot"
              data-takes-arrows=""
              aria-label={`Point ${i + 1}: step ${knot.step}, τ ${knot.tau}`}
              aria-roledescription="point, moved with the arrows"
              style={{ left: `${100 * x(knot.step)}%`, top: `${100 * y(knot.tau)}%` }}
              onKeyDown={(event) => onKnotKey(event, i)}
              onPointerDown={(event) => {
                plot.current?.setPointerCapture(event.pointerId);
                setHeld({ at: i, span, top });
              }}
            />
          ))}
      </fieldset>
      <figcaption className="schedule-axis figures">
        <span>0</span>
        <span>{onChange === undefined ? 'training step' : 'drag points; double-click adds one'}</span>
        <span>{span}</span>
      </figcaption>
    </figure>
  );
}

/** Where spikes begin and end. */
function spikes(schedule: Schedule): number[] {
  if (schedule.kind !== 'spike') return [];
  const { every, length } = schedule;
  return [1, 2, 3, 4].flatMap((n) => [n * every - 1, n * every, n * every + length - 1, n * every + length]);
}
