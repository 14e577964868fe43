// One metric of a run as three numbers: the last, the best, and that at one step.

import { valueAt } from '../charts/track.ts';
import type { RunCurves } from './curves.ts';

export type Best = 'highest' | 'lowest';

export interface Measured {
  /** NaN where there is none. */
  readonly last: number;
  readonly best: number;
  /** Where the best was, the first time; null: nowhere. */
  readonly bestStep: number | null;
  readonly atStep: number;
}

export function measured({ track, column }: RunCurves, metric: string, best: Best, step: number | null): Measured {
  const values = column(metric);
  let at = -1;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (at < 0 || (best === 'highest' ? value > values[at]! : value < values[at]!)) at = i;
  }
  return {
    last: values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN,
    best: values[at] ?? Number.NaN,
    bestStep: track.step[at] ?? null,
    atStep: step === null ? Number.NaN : valueAt(track, values, step),
  };
}

/** The last step that all of these runs have; null: one has none, or there is no run. */
export function commonStep(runs: readonly Pick<RunCurves, 'track'>[]): number | null {
  const ends = runs.map(({ track }) => track.step.at(-1) ?? -1);
  const least = Math.min(...ends);
  return ends.length === 0 || least < 0 ? null : least;
}
