// All that was measured in a run, by metric: of a stored run, or of the one that is trained now.

import type { Annotation } from '../../grpo/stages.ts';
import type { Mark } from '../charts/marks.ts';
import { marksOf } from '../charts/runMarks.ts';
import { columnOf, metricsOf, type Track, trackOf } from '../charts/track.ts';
import type { TrainState } from '../train/store.ts';
import type { StoredCurves } from './calls.ts';

export interface RunCurves {
  readonly track: Track;
  readonly names: readonly string[];
  /** One value a row; NaN where it is not defined, everywhere for a metric that the run does not have. */
  readonly column: (metric: string) => Float64Array;
  /** The live changes. */
  readonly annotations: readonly Annotation[];
  readonly marks: readonly Mark[];
}

export const NO_CURVES: RunCurves = {
  track: trackOf([]),
  names: [],
  column: () => new Float64Array(),
  annotations: [],
  marks: [],
};

export function storedCurves({ track, metrics, annotations, marks }: StoredCurves): RunCurves {
  const nothing = new Float64Array(track.step.length).fill(Number.NaN);
  return { track, names: [...metrics.keys()], column: (metric) => metrics.get(metric) ?? nothing, annotations, marks };
}

/** Columns are made when they are asked for: rows come several times a second, and few metrics are looked at. */
export function liveCurves({ run, rows }: Pick<TrainState, 'run' | 'rows'>): RunCurves {
  const { annotations, checkpoints, warnings } = run!;
  const columns = new Map<string, Float64Array>();
  return {
    track: trackOf(rows),
    names: metricsOf(rows),
    column: (metric) => {
      const column = columns.get(metric) ?? columnOf(rows, metric);
      columns.set(metric, column);
      return column;
    },
    annotations,
    marks: marksOf(annotations, checkpoints, warnings),
  };
}
