import { useCallback } from 'react';
import type { MetricsRow } from '../../grpo/stages.ts';
import { CHART_GROUPS, type ChartSpec, seriesOf } from '../../lab/charts/catalog.ts';
import type { Mark } from '../../lab/charts/marks.ts';
import { marksOf } from '../../lab/charts/runMarks.ts';
import { metricsOf, type Track, trackOf } from '../../lab/charts/track.ts';
import { Chart } from '../charts/Chart.tsx';
import { ChartControls } from '../charts/ChartControls.tsx';
import { MarkList } from '../charts/MarkList.tsx';
import { createSharedView, SharedViewProvider } from '../charts/view.ts';
import { useOneByOne } from './oneByOne.ts';
import { useRun, useRunData, useTrainState } from './trainContext.ts';

/** Outlives the room, so that zoom and smoothing are there again when the reader comes back. */
const view = createSharedView();

const columns = new WeakMap<readonly MetricsRow[], { readonly track: Track; readonly names: readonly string[] }>();

/** What all charts of the same rows share. */
function columnsOf(rows: readonly MetricsRow[]) {
  const known = columns.get(rows) ?? { track: trackOf(rows), names: metricsOf(rows) };
  columns.set(rows, known);
  return known;
}

/** The live charts of METHOD.md section 7, by what they tell. */
export function RunCharts() {
  const marks = useRunData((run) => marksOf(run.annotations, run.checkpoints, run.warnings));
  const config = useRunData(({ run }) => run.identity.config);
  const name = useRun(({ run }) => run.name);
  const hash = useRun(({ run }) => run.hash);
  const caption = `${name} · run ${hash.slice(0, 12)}`;
  const come = useOneByOne(1 + CHART_GROUPS.length);
  return (
    <SharedViewProvider value={view}>
      <div className="run-charts">
        <ChartControls />
        <MarkList marks={marks} />
        {CHART_GROUPS.slice(0, come - 1).map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <div className="charts">
              {group.charts
                .filter(({ isUseful }) => isUseful?.(config) ?? true)
                .map((spec) => (
                  <OneChart
                    key={spec.id}
                    spec={spec}
                    marks={marks}
                    caption={caption}
                    legendRows={spec.legendRows?.(config) ?? 2}
                  />
                ))}
            </div>
          </section>
        ))}
      </div>
    </SharedViewProvider>
  );
}

interface OneChartProps {
  readonly spec: ChartSpec;
  readonly marks: readonly Mark[];
  readonly caption: string;
  readonly legendRows: number;
}

function OneChart({ spec, ...more }: OneChartProps) {
  const rows = useTrainState((state) => state.rows);
  const series = useCallback(() => {
    const { track, names } = columnsOf(rows);
    return seriesOf(spec, rows, names, track);
  }, [spec, rows]);
  const { title, unit, help, source, scale, atLeast } = spec;
  return (
    <Chart
      title={title}
      unit={unit}
      help={help}
      source={source}
      series={series}
      {...more}
      {...(scale && { scale })}
      {...(atLeast && { atLeast })}
    />
  );
}
