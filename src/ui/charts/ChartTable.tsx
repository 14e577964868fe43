import type { ChartModel } from '../../lab/charts/model.ts';
import { exactText } from '../../lab/charts/scale.ts';
import { valueAt } from '../../lab/charts/track.ts';

const MOST_ROWS = 100;

/** A chart's visible values as a table, the newest first. */
export function ChartTable({
  title,
  model,
  visible,
}: {
  title: string;
  model: ChartModel;
  visible: readonly [number, number];
}) {
  const series = model.lines.map((line) => line.series);
  const steps = [...new Set(series.flatMap(({ track }) => [...track.step]))]
    .filter((step) => step >= visible[0] && step <= visible[1])
    .sort((a, b) => b - a);
  return (
    // A region that scrolls is reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="chart-table" aria-label={`${title}: values`} tabIndex={0}>
      <table>
        <caption>
          {steps.length > MOST_ROWS
            ? `The last ${MOST_ROWS} of ${steps.length} steps; the run's CSV has all of them.`
            : `${steps.length} step${steps.length === 1 ? '' : 's'}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            {series.map(({ key, label }) => (
              <th scope="col" key={key}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.slice(0, MOST_ROWS).map((step) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {series.map(({ key, track, values }) => {
                const value = valueAt(track, values, step);
                return <td key={key}>{Number.isNaN(value) ? '–' : exactText(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
