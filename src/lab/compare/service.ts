// The worker's side of comparing runs: all of their metrics, from what is stored.

import { warningsOf } from '../../grpo/sentinel.ts';
import type { Service } from '../call.ts';
import { marksOf } from '../charts/runMarks.ts';
import { columnOf, metricsOf, trackOf } from '../charts/track.ts';
import type { RunLibrary } from '../storage/runLibrary.ts';
import type { CompareCalls } from './calls.ts';

export function compareService(library: RunLibrary): Service<CompareCalls> {
  return {
    'compare/list': () => library.list(),
    'compare/curves': async ({ run }) => {
      const isThere = (await library.list()).some(({ run: { id } }) => id === run);
      if (!isThere) return null;
      const [rows, annotations, checkpoints] = await Promise.all([
        library.rows(run),
        library.annotations(run),
        library.checkpoints(run),
      ]);
      return {
        track: trackOf(rows),
        metrics: new Map(metricsOf(rows).map((name) => [name, columnOf(rows, name)])),
        annotations,
        marks: marksOf(annotations, checkpoints, warningsOf(rows)),
      };
    },
  };
}
