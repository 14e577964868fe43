// What is looked at of results: the measure, the statistic, the moment, the baseline. A choice that the results do not
// have falls back to one that they do.

import { type Measure, measuresOf, seriesOf, type When } from '../../experiments/measures.ts';
import type { Results } from '../../experiments/results.ts';
import type { SeedStatistic } from '../../experiments/seedStatistics.ts';
import type { Question } from './analysis.ts';

export const MEASURE_KINDS = ['eval', 'curve', 'timing'] as const;
export type MeasureKind = (typeof MEASURE_KINDS)[number];
export const KIND_NAMES: Readonly<Record<MeasureKind, string>> = {
  eval: 'Evaluation',
  curve: 'Training curve',
  timing: 'Time',
};

export const kindOf = (measure: Pick<Measure, 'id'>): MeasureKind =>
  MEASURE_KINDS.find((kind) => measure.id.startsWith(`${kind}/`)) ?? 'eval';

/** What the reader chose; null: not yet. */
export interface Choice {
  readonly measure: string | null;
  readonly statistic: SeedStatistic;
  readonly when: When;
  readonly baseline: string | null;
}

export const FIRST_CHOICE: Choice = { measure: null, statistic: 'mean', when: 'last', baseline: null };

/** What can be chosen, and what is. */
export interface Choosing {
  readonly measures: readonly Measure[];
  readonly measure: Measure;
  /** Steps at which a cell has the measure. */
  readonly steps: readonly number[];
  readonly question: Question;
}

/** @returns null without a result */
export function choosing({ experiment, cells }: Results, choice: Choice): Choosing | null {
  const measures = measuresOf(cells);
  const measure = measures.find(({ id }) => id === choice.measure) ?? measures[0];
  if (measure === undefined) return null;
  const steps = [...new Set(cells.flatMap((cell) => seriesOf(cell, measure.id).steps))].sort((a, b) => a - b);
  const { when, statistic } = choice;
  const isThere = typeof when === 'string' || steps.includes(when.step);
  const baseline = experiment.arms.some(({ name }) => name === choice.baseline)
    ? choice.baseline!
    : experiment.baseline;
  return {
    measures,
    measure,
    steps,
    question: { measure: measure.id, statistic, when: isThere ? when : 'last', baseline },
  };
}
