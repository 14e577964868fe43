// All measures of all cells as one table in long format: a line a number, which every program for statistics reads.

import { csvText } from '../../experiments/csv.ts';
import { type Measure, measuresOf, seriesOf } from '../../experiments/measures.ts';
import type { Results } from '../../experiments/results.ts';

/** Columns: arm, one for each axis of the sweep, seed, measure, unit, step, value. */
export function longCsv({ experiment, cells }: Results, measures: readonly Measure[] = measuresOf(cells)): string {
  const head = ['arm', ...experiment.sweep.map((axis) => axis.field), 'seed', 'measure', 'unit', 'step', 'value'];
  const lines = cells.flatMap((cell) =>
    measures.flatMap(({ id, unit }) => {
      const { steps, values } = seriesOf(cell, id);
      return steps.flatMap((step, i) => {
        const value = values[i] ?? null;
        return value === null ? [] : [[cell.arm, ...cell.at, cell.seed, id, unit ?? '', step, value]];
      });
    }),
  );
  return csvText([head, ...lines]);
}
