import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Experiment } from '../../../experiments/definition.ts';
import type { Measure } from '../../../experiments/measures.ts';
import type { Series } from '../../../lab/charts/model.ts';
import { runStyle, YARDSTICK } from '../../../lab/charts/style.ts';
import { type Analysis, bandName, MOST_STEPS } from '../../../lab/results/analysis.ts';
import { bandedSeries, seedCounts, seedSeries, zeroSeries } from '../../../lab/results/lines.ts';
import { Chart } from '../../charts/Chart.tsx';
import { Switch } from '../../kit/Switch.tsx';
import { experimentsView } from './viewStore.ts';

/** The measure over the steps, arm by arm, and the paired differences from the baseline. */
export function ResultCharts({
  experiment,
  analysis,
  measure,
}: {
  readonly experiment: Experiment;
  readonly analysis: Analysis;
  readonly measure: Measure;
}) {
  const hidden = useStore(experimentsView, (state) => state.hidden);
  const areSeedsShown = useStore(experimentsView, (state) => state.areSeedsShown);
  const { points, question } = analysis;
  const steps = useMemo(() => new Set(points.flatMap(({ curve }) => curve.steps)), [points]);
  const levels = useCallback((): readonly Series[] => {
    const shown = points.flatMap((point, i) => (hidden.has(point.name) ? [] : [{ point, style: runStyle(i) }]));
    return [
      ...(areSeedsShown ? shown.flatMap(({ point, style }) => seedSeries(point.name, style, point.curve)) : []),
      ...shown.map(({ point, style }) => bandedSeries(point.name, style, point.curve)),
    ];
  }, [points, hidden, areSeedsShown]);
  const differences = useCallback((): readonly Series[] => {
    const shown = points.flatMap(({ name, differenceCurve }, i) =>
      hidden.has(name) || differenceCurve === null ? [] : [bandedSeries(name, runStyle(i), differenceCurve)],
    );
    return [...shown, ...zeroSeries('no difference', YARDSTICK, [...steps])];
  }, [points, hidden, steps]);
  const counts = seedCounts(points.map(({ curve }) => curve));
  const pairs = seedCounts(points.flatMap(({ differenceCurve }) => differenceCurve ?? []));
  if (steps.size < 2)
    return <p className="quiet">This measure has one number a run, so there is no curve: the table has all of it.</p>;
  const unit = measure.unit ?? '';
  const caption = (text: string) => `${experiment.name}. Bold line and band: ${text}.`;
  const [ofLevels, ofDifferences] = [bandName(question.statistic, counts), bandName(question.statistic, pairs)];
  return (
    <section aria-label="Curves" className="result-curves">
      <div className="result-curves-head">
        <p>
          Bold: {ofLevels}, shaded{areSeedsShown && '; thin: single seeds'}. Of long curves {MOST_STEPS} steps are told.
        </p>
        <Switch
          label="Single seeds"
          checked={areSeedsShown}
          onChange={(isOn) => experimentsView.setState({ areSeedsShown: isOn })}
        />
      </div>
      <div className="charts result-charts">
        <Chart
          title={measure.label}
          unit={unit}
          note={ofLevels}
          help="Each arm over the steps of training."
          series={levels}
          caption={caption(ofLevels)}
          legendRows={Math.min(6, Math.ceil(points.length / 2))}
        />
        {pairs.length > 0 && (
          <Chart
            title={`${measure.label}, minus ${question.baseline}`}
            unit={unit}
            note={`paired differences: ${ofDifferences}`}
            help="Seed by seed, the arm minus the baseline. Where the band leaves out zero, that step alone would show a difference; many steps are many chances."
            series={differences}
            atLeast={[0]}
            caption={caption(`paired differences from ${question.baseline}, ${ofDifferences}`)}
            legendRows={Math.min(6, Math.ceil(points.length / 2))}
          />
        )}
      </div>
    </section>
  );
}
