// The shown runs over each other, a chart a metric; or, of runs that differ in their seed only, a statistic with its band.

import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import { LEAST_SEEDS, SEED_STATISTICS } from '../../../experiments/seedStatistics.ts';
import { shortHash } from '../../../grpo/runIdentity.ts';
import type { Mark } from '../../../lab/charts/marks.ts';
import type { Series } from '../../../lab/charts/model.ts';
import { runStyle } from '../../../lab/charts/style.ts';
import { groupSeries, groupsOf, type RunGroup } from '../../../lab/compare/groups.ts';
import { type MetricInfo, metricGroups } from '../../../lab/compare/metrics.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartControls } from '../../charts/ChartControls.tsx';
import { MarkList } from '../../charts/MarkList.tsx';
import { createSharedView, SharedViewProvider, useShared } from '../../charts/view.ts';
import { BareSegmented } from '../../kit/Segmented.tsx';
import { BareSwitch } from '../../kit/Switch.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { MetricPicker } from './MetricPicker.tsx';
import { namesOf } from './names.ts';
import { useMetricNames } from './TableControls.tsx';

/** Outlives the room, so that zoom and smoothing are there again when the reader comes back. */
const view = createSharedView();

const STATISTICS = { mean: 'mean', iqm: 'IQM' } as const;
const NO_MARKS: readonly Mark[] = [];

export function OverlayCharts({ shown }: { readonly shown: readonly ComparedRun[] }) {
  const { compare } = useLaboratory();
  const charts = useStore(compare, (state) => state.charts);
  const isGrouped = useStore(compare, (state) => state.isGrouped);
  const statistic = useStore(compare, (state) => state.statistic);
  const hasMarks = useStore(compare, (state) => state.hasMarks);
  const names = useMetricNames(shown);
  const short = useMemo(() => namesOf(shown), [shown]);
  const groups = useMemo(() => (isGrouped ? groupsOf(shown) : []), [shown, isGrouped]);
  const marks = useMemo(
    () =>
      hasMarks
        ? shown
            .flatMap(({ run, curves }) =>
              curves.marks.map((mark) => ({ ...mark, text: `${short.get(run.id)}: ${mark.text}`, line: run.id })),
            )
            .sort((a, b) => a.step - b.step)
        : NO_MARKS,
    [shown, short, hasMarks],
  );
  const infos = useMemo(() => metricGroups(names).flatMap(({ metrics }) => metrics), [names]);
  const drawn = infos.filter(({ metric }) => charts.includes(metric));
  const statement = isGrouped ? statementOf(STATISTICS[statistic], groups) : '';
  const caption = [statement, ...shown.map(({ run }) => `${short.get(run.id)}: run ${shortHash(run.hash)}`)]
    .filter((part) => part !== '')
    .join(' · ');
  return (
    <SharedViewProvider value={view}>
      <section className="runs-charts" aria-label="Charts of the shown runs">
        <ChartControls areManyRuns />
        <div className="runs-controls">
          <span className="runs-control">
            <BareSwitch
              label="One line for all seeds of a config"
              checked={isGrouped}
              onChange={(next) => compare.change({ isGrouped: next })}
            />
            <span aria-hidden="true">one line for all seeds of a config</span>
          </span>
          {isGrouped && (
            <BareSegmented
              label="Statistic over seeds"
              value={statistic}
              choices={SEED_STATISTICS.map((value) => ({
                value,
                label: STATISTICS[value],
                detail: value === 'iqm' ? 'Interquartile mean: without the lowest and the highest quarter' : 'Mean',
              }))}
              onChange={(next) => compare.change({ statistic: next })}
            />
          )}
          <span className="runs-control">
            <BareSwitch
              label="Marks of the runs"
              checked={hasMarks}
              onChange={(next) => compare.change({ hasMarks: next })}
            />
            <span aria-hidden="true">marks of the runs</span>
          </span>
        </div>
        {statement !== '' && <p className="quiet runs-statement">{statement}</p>}
        <MetricPicker names={names} charts={charts} onChange={(next) => compare.change({ charts: next })} />
        {hasMarks && <MarkList marks={marks} />}
        <div className="charts">
          {drawn.map((info) => (
            <OverlayChart
              key={info.metric}
              info={info}
              shown={shown}
              short={short}
              groups={groups}
              marks={marks}
              caption={caption}
            />
          ))}
        </div>
        {drawn.length === 0 && (
          <p className="quiet">
            {names.length === 0 ? 'No shown run has finished a step yet.' : 'Choose a metric above, to see its chart.'}
          </p>
        )}
      </section>
    </SharedViewProvider>
  );
}

/** What bold lines and bands are, and what may not be read from them. */
function statementOf(statistic: string, groups: readonly RunGroup[]): string {
  const few = groups.filter(({ seeds }) => seeds.length < LEAST_SEEDS).length;
  const what = `Bold: ${statistic} over the n seeds of a config, as far as all of them go; thin: each seed.`;
  const interval = '95 % bootstrap interval over seeds, of the smoothed values';
  const range = `the range of the seeds where n < ${LEAST_SEEDS}, from which no difference can be told from chance`;
  if (few === 0) return `${what} Band: ${interval}.`;
  return `${what} Band: ${few === groups.length ? range : `${interval}; ${range}`}.`;
}

interface OverlayChartProps {
  readonly info: MetricInfo;
  readonly shown: readonly ComparedRun[];
  readonly short: ReadonlyMap<string, string>;
  /** Empty: each run is a line. */
  readonly groups: readonly RunGroup[];
  readonly marks: readonly Mark[];
  readonly caption: string;
}

function OverlayChart({ info, shown, short, groups, marks, caption }: OverlayChartProps) {
  const { compare } = useLaboratory();
  const statistic = useStore(compare, (state) => state.statistic);
  const smoothing = useShared((shared) => shared.smoothing);
  const { metric, title, unit, help, source, scale, atLeast } = info;
  const series = useCallback((): readonly Series[] => {
    if (groups.length > 0) return groups.flatMap((group) => groupSeries(group, metric, { smoothing, statistic }));
    return shown.map(({ run, curves, index }) => ({
      key: run.id,
      label: short.get(run.id)!,
      style: runStyle(index),
      track: curves.track,
      values: curves.column(metric),
    }));
  }, [shown, short, groups, metric, smoothing, statistic]);
  return (
    <Chart
      title={title}
      unit={unit}
      series={series}
      marks={marks}
      caption={caption}
      legendRows={groups.length > 0 ? groups.length : shown.length}
      {...(help !== undefined && { help })}
      {...(source !== undefined && { source })}
      {...(scale && { scale })}
      {...(atLeast && { atLeast })}
    />
  );
}
