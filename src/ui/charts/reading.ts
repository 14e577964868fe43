// The values that a chart reads out: at the cursor, or the last ones.

import type { Series } from '../../lab/charts/model.ts';
import { exactText } from '../../lab/charts/scale.ts';
import { nearestRow, valueAt } from '../../lab/charts/track.ts';

/** The last value there is, or NaN. */
function lastOf({ values }: Series): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
}

/** Each series' value at `step`, as text; null: its last value. */
export function readingsOf(series: readonly Series[], step: number | null): string[] {
  return series.map((one) => {
    const value = step === null ? lastOf(one) : valueAt(one.track, one.values, step);
    return Number.isNaN(value) ? '–' : exactText(value);
  });
}

/** The same as a sentence, for those who do not see the chart. */
export function sentenceOf(series: readonly Series[], step: number | null): string {
  const track = series[0]?.track;
  const at = step ?? (track === undefined ? null : track.step[nearestRow(track, Number.POSITIVE_INFINITY)]);
  if (at === undefined || at === null) return 'nothing yet';
  const readings = readingsOf(series, step);
  return `step ${at}: ${series.map(({ label }, i) => `${label} ${readings[i]}`).join(', ')}`;
}
