import { useState } from 'react';
import { measuresOf } from '../../lab/evaluate/measures.ts';
import { type Cell, cellKey, columnName, type Plan, passCounts } from '../../lab/evaluate/store.ts';
import { BareSegmented } from '../kit/Segmented.tsx';

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** One row a policy, one column a temperature; a cell is a button that opens its details. */
export function Matrix({
  plan,
  cells,
  chosen,
  choose,
}: {
  readonly plan: Plan;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly chosen: string | null;
  readonly choose: (key: string) => void;
}) {
  const measures = measuresOf(passCounts(plan.n));
  const [id, setId] = useState('avg');
  const measure = measures.find((candidate) => candidate.id === id) ?? measures[0]!;
  return (
    <div className="matrix-frame">
      <BareSegmented
        label="What the cells show"
        value={measure.id}
        choices={measures.map((each) => ({ value: each.id, label: each.name }))}
        onChange={setId}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="matrix-scroll" tabIndex={0} aria-label="Measures by policy and temperature">
        <table className="matrix">
          <thead>
            <tr>
              <th scope="col">policy</th>
              {plan.columns.map((column) => (
                <th scope="col" key={columnName(column)}>
                  {columnName(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plan.rows.map((row) => (
              <tr key={JSON.stringify(row.policy)}>
                <th scope="row">{row.name}</th>
                {plan.columns.map((column) => {
                  const key = cellKey(row, column);
                  const cell = cells.get(key);
                  return (
                    <td key={key}>
                      {cell === undefined ? (
                        <span className="quiet">not measured</span>
                      ) : (
                        <button
                          type="button"
                          className="matrix-cell"
                          aria-pressed={key === chosen}
                          onClick={() => choose(key)}
                        >
                          <Value value={measure.read(cell.evaluation)} />
                        </button>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Value({ value }: { readonly value: ReturnType<ReturnType<typeof measuresOf>[number]['read']> }) {
  if (value === null) return <>–</>;
  if (typeof value === 'number') return <strong>{percent(value)}</strong>;
  const { mean, low, high } = value;
  return (
    <>
      <strong>{percent(mean)}</strong>
      <span className="quiet">
        {' '}
        {(100 * low).toFixed(1)} – {(100 * high).toFixed(1)}
      </span>
      <span className="interval" aria-hidden="true">
        <span className="interval-range" style={{ left: `${100 * low}%`, width: `${100 * (high - low)}%` }} />
        <span className="interval-mean" style={{ left: `${100 * mean}%` }} />
      </span>
    </>
  );
}
