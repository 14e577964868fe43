// A run's numbers as files that other programs read.

import { csvField } from '../../experiments/csv.ts';
import type { Annotation, MetricsRow } from '../../grpo/stages.ts';
import { metricsOf } from './track.ts';

export interface RunRecord {
  /** The run's config as it is stored, with every default. */
  readonly config: unknown;
  readonly rows: readonly MetricsRow[];
  readonly annotations: readonly Annotation[];
}

/** One line a step, one column a metric, and the live changes that came before the step; empty: not defined. */
export function metricsCsv({ rows, annotations }: RunRecord): string {
  const metrics = metricsOf(rows);
  const changesOf = (step: number) =>
    annotations
      .filter((annotation) => annotation.step === step)
      .map(({ step: _, ...change }) => JSON.stringify(change))
      .join(' ');
  const lines = rows.map((row) => [
    String(row.step),
    ...metrics.map((metric) => String(row[metric] ?? '')),
    csvField(changesOf(row.step)),
  ]);
  return [['step', ...metrics.map(csvField), 'changes'], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** Everything as JSON, one object a line: { config }, each { change }, each { metrics }. */
export function runJsonl({ config, rows, annotations }: RunRecord): string {
  const objects = [{ config }, ...annotations.map((change) => ({ change })), ...rows.map((metrics) => ({ metrics }))];
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
