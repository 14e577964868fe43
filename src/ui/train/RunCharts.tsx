import { useMemo } from 'react';
import type { MetricsRow } from '../../grpo/stages.ts';
import { CHART_GROUPS, type ChartSpec, seriesOf } from '../../lab/charts/catalog.ts';
import type { Mark } from '../../lab/charts/marks.ts';
import type { Series } from '../../lab/charts/model.ts';
import { marksOf } from '../../lab/charts/runMarks.ts';
import { metricsOf, trackOf } from '../../lab/charts/track.ts';
import { Chart } from '../charts/Chart.tsx';
import { ChartControls } from '../charts/ChartControls.tsx';
import { createSharedView, SharedViewProvider } from '../charts/view.ts';
import { useRun, useTrainState } from './trainContext.ts';

/** Outlives the room, so that zoom and smoothing are there again when the reader comes back. */
const view = createSharedView();

const ALL = CHART_GROUPS.flatMap(({ charts }) => charts);

/** Every chart's lines, computed once for each new row. */
function chartsOf(rows: readonly MetricsRow[]): ReadonlyMap<ChartSpec, readonly Series[]> {
  const track = trackOf(rows);
  const names = metricsOf(rows);
  return new Map(ALL.map((spec) => [spec, seriesOf(spec, rows, names, track)]));
}

/** The live charts of METHOD.md section 7, by what they tell. Charts that have nothing to tell are named, not drawn. */
export function RunCharts() {
  const rows = useTrainState((state) => state.rows);
  const annotations = useRun((run) => run.annotations);
  const checkpoints = useRun((run) => run.checkpoints);
  const warnings = useRun((run) => run.warnings);
  const name = useRun(({ run }) => run.name);
  const hash = useRun(({ run }) => run.hash);
  const lines = useMemo(() => chartsOf(rows), [rows]);
  const marks = useMemo(() => marksOf(annotations, checkpoints, warnings), [annotations, checkpoints, warnings]);
  const caption = `${name} · run ${hash.slice(0, 12)}`;
  const silent = rows.length === 0 ? [] : ALL.filter((spec) => lines.get(spec)!.length === 0);

  return (
    <SharedViewProvider value={view}>
      <div className="run-charts">
        <ChartControls />
        {CHART_GROUPS.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <div className="charts">
              {group.charts.map((spec) => (
                <OneChart
                  key={spec.id}
                  spec={spec}
                  series={lines.get(spec)!}
                  marks={marks}
                  caption={caption}
                  isKnown={rows.length > 0}
                />
              ))}
            </div>
          </section>
        ))}
        {silent.length > 0 && (
          <p className="quiet">
            Nothing to draw in this run: {silent.map(({ title }) => title).join(', ')}. (Lines by temperature need a
            ladder of two or more places, KL a loss with a KL term.)
          </p>
        )}
      </div>
    </SharedViewProvider>
  );
}

interface OneChartProps {
  readonly spec: ChartSpec;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  readonly caption: string;
  /** Whether there is a row, so that a chart without a line will stay without. */
  readonly isKnown: boolean;
}

function OneChart({ spec, series, marks, caption, isKnown }: OneChartProps) {
  if (isKnown && series.length === 0) return null;
  const { title, unit, help, source, scale, atLeast } = spec;
  return (
    <Chart
      title={title}
      unit={unit}
      help={help}
      source={source}
      series={series}
      marks={marks}
      caption={caption}
      {...(scale && { scale })}
      {...(atLeast && { atLeast })}
    />
  );
}
