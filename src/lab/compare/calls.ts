import type { Annotation } from '../../grpo/stages.ts';
import type { Call } from '../call.ts';
import type { Mark } from '../charts/marks.ts';
import type { Track } from '../charts/track.ts';
import type { RunSummary } from '../storage/runLibrary.ts';

/** A stored run's rows as columns, which are quick to send. */
export interface StoredCurves {
  readonly track: Track;
  /** One value a row; NaN: not defined there. */
  readonly metrics: ReadonlyMap<string, Float64Array>;
  readonly annotations: readonly Annotation[];
  readonly marks: readonly Mark[];
}

export interface CompareCalls {
  /** Every run, last used first. */
  'compare/list': Call<null, readonly RunSummary[]>;
  /** null: the run is not there any more. */
  'compare/curves': Call<{ readonly run: string }, StoredCurves | null>;
}
