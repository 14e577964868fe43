// What a chart of one metric over many runs is called and shows: from the charts of one run, where they have it.

import { CHART_GROUPS, type ChartSpec } from '../charts/catalog.ts';
import type { ScaleKind } from '../charts/scale.ts';

export interface MetricInfo {
  readonly metric: string;
  readonly title: string;
  readonly unit: string;
  readonly help?: string;
  readonly source?: string;
  readonly scale?: ScaleKind;
  readonly atLeast?: readonly number[];
}

export interface MetricGroup {
  readonly title: string;
  readonly metrics: readonly MetricInfo[];
}

/** Charts that are there at first, as far as the runs have them. */
export const FIRST_METRICS = ['reward', 'pass@G', 'entropy', 'hot_fraction', 'completions/mean_length', 'grad_norm'];

/** Metrics of which one hopes for less: what is wasted, cut, repeated or spent. */
const LESS_IS_BETTER =
  /^(frac_reward_zero_std|dead_groups|repetition|completions\/clipped_ratio|clip_ratio|sampling\/|time\/|step_time|outcomes\/wrong)/;

export const isLessBetter = (metric: string): boolean => LESS_IS_BETTER.test(metric);

function infoOf(spec: ChartSpec, metric: string, label: string): MetricInfo {
  const { title, unit, help, source, scale, atLeast, lines } = spec;
  const isAlone = lines.length === 1 && !('prefix' in lines[0]!);
  return {
    metric,
    title: isAlone || label.toLowerCase() === title.toLowerCase() ? title : `${title}: ${label}`,
    unit,
    help,
    source,
    ...(scale && { scale }),
    ...(atLeast && { atLeast }),
  };
}

/** The metrics of these names, by what they tell; what no chart of a run shows comes last. */
export function metricGroups(names: readonly string[]): MetricGroup[] {
  const left = new Set(names);
  const known = CHART_GROUPS.map(({ title, charts }) => ({
    title,
    metrics: charts.flatMap((spec) =>
      spec.lines.flatMap((line) => {
        const found =
          'prefix' in line
            ? names.filter((name) => name.startsWith(line.prefix))
            : left.has(line.metric)
              ? [line.metric]
              : [];
        return found.map((metric) => {
          left.delete(metric);
          return infoOf(spec, metric, 'prefix' in line ? line.label(metric.slice(line.prefix.length)) : line.label);
        });
      }),
    ),
  }));
  const others = [...left].map((metric): MetricInfo => ({ metric, title: metric, unit: '' }));
  return [...known, { title: 'Others', metrics: others }].filter(({ metrics }) => metrics.length > 0);
}
