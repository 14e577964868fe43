// The points of a sweep as tables.

import { type Experiment, placesOf, type SweepValues } from '../../experiments/definition.ts';
import type { AnalysedPoint } from './analysis.ts';

export interface HeatTable {
  readonly arm: string;
  /** Values of the first axis. */
  readonly columns: SweepValues;
  /** Values of the second; one empty name where there is none. */
  readonly rows: SweepValues;
  /** By row, then column. */
  readonly cells: readonly (readonly (AnalysedPoint | null)[])[];
}

/** A table for each arm. */
export function heatTables(experiment: Experiment, points: readonly AnalysedPoint[]): HeatTable[] {
  const places = placesOf(experiment);
  const columns = [...new Set(places.map((place) => place[0]!))];
  const rows = experiment.sweep.length < 2 ? [''] : [...new Set(places.map((place) => place[1]!))];
  return experiment.arms.map(({ name: arm }) => ({
    arm,
    columns,
    rows,
    cells: rows.map((row) =>
      columns.map(
        (column) =>
          points.find((point) => point.arm === arm && point.at[0] === column && (point.at[1] ?? '') === row) ?? null,
      ),
    ),
  }));
}
