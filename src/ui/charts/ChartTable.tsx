import type { ChartModel, Series } from '../../lab/charts/model.ts';
import { exactText } from '../../lab/charts/scale.ts';
import { nearestRow, valueAt } from '../../lab/charts/track.ts';

const MOST_ROWS = 100;

interface Column {
  readonly key: string;
  readonly label: string;
  /** NaN: it has no value at this step. */
  readonly read: (step: number) => number;
}

/** A line's values, and the ends of its band where it has one. */
function columnsOf({ key, label, track, values, band }: Series): Column[] {
  const value = { key, label, read: (step: number) => valueAt(track, values, step) };
  if (band === undefined) return [value];
  const end = (which: 'low' | 'high') => (step: number) => {
    const row = nearestRow(track, step);
    return (track.step[row] === step ? band(row)?.[which] : undefined) ?? Number.NaN;
  };
  return [
    value,
    { key: `${key} low`, label: 'low', read: end('low') },
    { key: `${key} high`, label: 'high', read: end('high') },
  ];
}

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
  const axis = model.x.steps;
  const columns = model.lines.flatMap(({ series }) => columnsOf(series));
  const steps = [...new Set(model.lines.flatMap(({ series }) => [...series.track.step]))]
    .filter((step) => step >= visible[0] && step <= visible[1])
    .sort((a, b) => b - a);
  return (
    // A region that scrolls is reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="chart-table" aria-label={`${title}: values`} tabIndex={0}>
      <table>
        <caption>
          {steps.length > MOST_ROWS
            ? `The last ${MOST_ROWS} of ${steps.length} ${axis.plural}; the CSV file has all of them.`
            : `${steps.length} ${steps.length === 1 ? axis.name : axis.plural}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{axis.name}</th>
            {columns.map(({ key, label }) => (
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
              {columns.map(({ key, read }) => {
                const value = read(step);
                return <td key={key}>{Number.isNaN(value) ? '–' : exactText(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
