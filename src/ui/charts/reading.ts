// The values that a chart reads out: at the cursor, or the last ones.

import type { Series } from '../../lab/charts/model.ts';
import { exactText, tickText } from '../../lab/charts/scale.ts';
import { rowAt, rulerOf, type StepAxis, type Track, X_TITLES, type XMode, xOfStep } from '../../lab/charts/track.ts';

/** The last value there is, or NaN. */
function lastOf({ values }: Series): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
}

const rulerOfSeries = (series: readonly Series[], mode: XMode) =>
  rulerOf(
    series.map(({ track }) => track),
    mode,
  );

const isOneRun = (series: readonly Series[], ruler: Track) => series.every(({ track }) => track === ruler);

/** Each series' value where the cursor stands, as text; null: its last value. */
export function readingsOf(series: readonly Series[], step: number | null, mode: XMode): string[] {
  const ruler = rulerOfSeries(series, mode);
  return series.map((one) => {
    const value =
      step === null || ruler === null ? lastOf(one) : (one.values[rowAt(one.track, ruler, step, mode)] ?? Number.NaN);
    return Number.isNaN(value) ? '–' : exactText(value);
  });
}

/** Where the cursor stands, in words; runs that differ in their steps meet on the axis. */
function placeText(series: readonly Series[], step: number, mode: XMode, axis: StepAxis): string {
  const ruler = rulerOfSeries(series, mode);
  if (ruler === null || mode === 'step' || isOneRun(series, ruler)) return `${axis.name} ${step}`;
  return `${tickText(xOfStep(ruler, step, mode))} ${X_TITLES[mode]}`;
}

/** The same as a sentence, for those who do not see the chart. */
export function sentenceOf(series: readonly Series[], step: number | null, mode: XMode, axis: StepAxis): string {
  const ruler = rulerOfSeries(series, mode);
  if (ruler === null) return 'nothing yet';
  const readings = readingsOf(series, step, mode);
  const isOfEnds = step === null && !isOneRun(series, ruler);
  const place = isOfEnds ? 'last values' : placeText(series, step ?? ruler.step.at(-1)!, mode, axis);
  return `${place}: ${series.map(({ label }, i) => `${label} ${readings[i]}`).join(', ')}`;
}
