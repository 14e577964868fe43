// Two runs side by side: in what they differ, and what that came to. Differences are `second - first`.

import { shortHash } from '../../grpo/runIdentity.ts';
import { mean } from '../../grpo/statistics.ts';
import { nearestRow, valueAt } from '../charts/track.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { RunCurves } from './curves.ts';
import { differingFields, fieldText } from './differing.ts';
import { commonStep } from './measured.ts';

export interface DiffSide {
  readonly run: StoredRun;
  readonly curves: RunCurves;
}

export interface DiffRow {
  readonly label: string;
  readonly first: string;
  readonly second: string;
}

export interface MetricDiff {
  readonly metric: string;
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  /** Over the steps that both have, the difference at each step averaged. */
  readonly meanDifference: number;
}

export interface RunDiff {
  readonly fields: readonly DiffRow[];
  /** Whether the seed is all that differs in the config. */
  readonly isSeedOnly: boolean;
  /** What the metrics are read at; null: they have no step in common. */
  readonly step: number | null;
  readonly metrics: readonly MetricDiff[];
}

/** @param atStep where metrics are read; null: at the last step that both have */
export function runDiff(first: DiffSide, second: DiffSide, metrics: readonly string[], atStep: number | null): RunDiff {
  const differing = differingFields([first.run, second.run]);
  const step = atStep ?? commonStep([first.curves, second.curves]);
  return {
    fields: [
      ...differing.map(({ field, label }) => ({
        label,
        first: fieldText(first.run, field),
        second: fieldText(second.run, field),
      })),
      { label: 'hash', first: shortHash(first.run.hash), second: shortHash(second.run.hash) },
      { label: 'steps', first: String(first.run.step), second: String(second.run.step) },
      { label: 'live changes', first: changesText(first), second: changesText(second) },
      { label: 'forked from', first: originText(first), second: originText(second) },
    ].filter((row, i) => i < differing.length || row.first !== row.second),
    isSeedOnly: differing.length === 1 && differing[0]!.field === 'seed',
    step,
    metrics: step === null ? [] : metrics.map((metric) => metricDiff(first.curves, second.curves, metric, step)),
  };
}

function metricDiff(first: RunCurves, second: RunCurves, metric: string, step: number): MetricDiff {
  const [one, other] = [first.column(metric), second.column(metric)];
  const [a, b] = [valueAt(first.track, one, step), valueAt(second.track, other, step)];
  const differences = [...first.track.step].flatMap((at, i) => {
    const row = nearestRow(second.track, at);
    const difference = second.track.step[row] === at ? other[row]! - one[i]! : Number.NaN;
    return Number.isNaN(difference) ? [] : [difference];
  });
  return { metric, first: a, second: b, difference: b - a, meanDifference: mean(differences) };
}

const changesText = ({ curves: { annotations } }: DiffSide) =>
  annotations.length === 0 ? 'none' : annotations.map(({ step }) => `step ${step}`).join(', ');
const originText = ({ run: { parent } }: DiffSide) => (parent === null ? '–' : `step ${parent.step} of ${parent.name}`);
