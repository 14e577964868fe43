// A run's rows as columns: how far it had come at each row, and one metric's value there.

import type { MetricsRow } from '../../grpo/stages.ts';
import type { ScaleKind } from './scale.ts';

/** What the horizontal axis counts. */
export const X_MODES = ['step', 'tokens', 'time'] as const;
export type XMode = (typeof X_MODES)[number];

export const X_TITLES: Readonly<Record<XMode, string>> = {
  step: 'training step',
  tokens: 'tokens so far',
  time: 'minutes of training',
};

/** What the steps of a chart's tracks are. */
export interface StepAxis {
  /** Stands before a number: "step 12". */
  readonly name: string;
  /** Stands behind a number of them: "12 steps". */
  readonly plural: string;
  /** Stands below the axis. */
  readonly title: string;
  /** log: its steps are its ticks. */
  readonly scale: ScaleKind;
}

export const TRAINING_STEPS: StepAxis = { name: 'step', plural: 'steps', title: X_TITLES.step, scale: 'linear' };

/** How far a run had come at each of its rows; every list ascends. */
export type Track = Readonly<Record<XMode, Float64Array>>;

/** The x axes of `rows`, which are ordered by step. A row without a token count or a time stands where the last one did. */
export function trackOf(rows: readonly MetricsRow[]): Track {
  let tokens = 0;
  let minutes = 0;
  return {
    step: Float64Array.from(rows, ({ step }) => step),
    tokens: Float64Array.from(rows, (row) => {
      tokens = row['num_tokens'] ?? tokens;
      return tokens;
    }),
    time: Float64Array.from(rows, (row) => {
      minutes += (row['step_time'] ?? 0) / 60;
      return minutes;
    }),
  };
}

/** One metric by row; NaN where it is not defined. */
export function columnOf(rows: readonly MetricsRow[], metric: string): Float64Array {
  return Float64Array.from(rows, (row) => row[metric] ?? Number.NaN);
}

/** All metrics that any row has, in the order in which they first come; `step` is not one. */
export function metricsOf(rows: readonly MetricsRow[]): string[] {
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  names.delete('step');
  return [...names];
}

/** Index of the first row at or after `step`; the number of rows when there is none. */
function rowFrom({ step: steps }: Track, step: number): number {
  let from = 0;
  let to = steps.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (steps[middle]! < step) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Index of the row whose step is nearest to `step`; -1 when there is none. */
export function nearestRow(track: Track, step: number): number {
  const steps = track.step;
  const after = rowFrom(track, step);
  if (after === steps.length) return steps.length - 1;
  return after > 0 && step - steps[after - 1]! <= steps[after]! - step ? after - 1 : after;
}

/** The value of a metric at exactly this step; NaN where there is none. */
export function valueAt(track: Track, values: Float64Array, step: number): number {
  const row = rowFrom(track, step);
  return track.step[row] === step ? values[row]! : Number.NaN;
}

/** Of several runs the one that comes furthest on an axis: all of the axis can be named by its steps. null: none has rows. */
export function rulerOf(tracks: readonly Track[], mode: XMode): Track | null {
  return tracks.reduce<Track | null>(
    (furthest, track) =>
      track.step.length > 0 && (furthest === null || track[mode].at(-1)! > furthest[mode].at(-1)!) ? track : furthest,
    null,
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

/**
 * The row of a run that stands where `step` of the ruler does: that step itself, and on an axis of tokens or time the
 * nearest row; -1 where the run has none, has not begun or is over.
 */
export function rowAt(track: Track, ruler: Track, step: number, mode: XMode): number {
  if (mode === 'step' || track === ruler) {
    const row = rowFrom(track, step);
    return track.step[row] === step ? row : -1;
  }
  const x = xOfStep(ruler, step, mode);
  const at = track[mode];
  if (at.length === 0 || x < at[0]! || x > at.at(-1)!) return -1;
  const after = at.findIndex((value) => value >= x);
  return after > 0 && x - at[after - 1]! <= at[after]! - x ? after - 1 : after;
}
