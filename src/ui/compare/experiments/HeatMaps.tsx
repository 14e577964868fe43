// A sweep as a heat map: one table an arm, with the numbers in the cells. Colour only repeats what the numbers say.

import { type CSSProperties, type KeyboardEvent, useId, useRef, useState } from 'react';
import type { Experiment } from '../../../experiments/definition.ts';
import type { Measure } from '../../../experiments/measures.ts';
import { numberText, signedText } from '../../../experiments/report/numbers.ts';
import { type PlaceTable, placeTables } from '../../../experiments/summary.ts';
import { differenceWords } from '../../../experiments/verdict.ts';
import type { AnalysedPoint, Analysis } from '../../../lab/results/analysis.ts';
import { count, endsName, endsText, fieldName, measured } from '../../../lab/results/words.ts';
import { BareSegmented } from '../../kit/Segmented.tsx';

type Shown = 'level' | 'difference';

export function HeatMaps({
  experiment,
  analysis,
  measure,
}: {
  readonly experiment: Experiment;
  readonly analysis: Analysis;
  readonly measure: Measure;
}) {
  const [wish, setWish] = useState<Shown>('level');
  const isCompared = analysis.points.some(({ isBaseline }) => !isBaseline);
  const shown = isCompared ? wish : 'level';
  const values = analysis.points.flatMap((point) => point[shown]?.value ?? []);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Zero has the colour of the middle, so that the sign of a difference is seen.
  const reach = Math.max(Math.abs(least), Math.abs(most));
  const [from, to] = shown === 'difference' ? [-reach, reach] : [least, most];
  const number = shown === 'difference' ? signedText : numberText;
  const tables = placeTables(experiment, analysis.points, (point) => point);
  const [column, row] = experiment.sweep;
  return (
    <section className="sheet" aria-label="Sweep">
      <h3>
        {measure.label} over {fieldName(column!.field)}
        {row !== undefined && ` and ${fieldName(row.field)}`}
      </h3>
      {isCompared && (
        <BareSegmented
          label="What the cells show"
          value={shown}
          choices={[
            { value: 'level', label: 'Value' },
            { value: 'difference', label: `Minus ${analysis.question.baseline}` },
          ]}
          onChange={setWish}
        />
      )}
      {tables
        .filter(({ arm }) => shown === 'level' || arm !== analysis.question.baseline)
        .map((table) => (
          <HeatMap
            key={table.arm}
            table={table}
            axes={[fieldName(column!.field), row === undefined ? '' : fieldName(row.field)]}
            shown={shown}
            domain={[from, to]}
            measure={measure}
            statistic={analysis.question.statistic === 'mean' ? 'mean' : 'interquartile mean'}
          />
        ))}
      {values.length > 0 && (
        <p className="heat-scale">
          <span className="figures">{number(from)}</span>
          <span className="heat-ramp" data-shown={shown} aria-hidden="true" />
          <span className="figures">{number(to)}</span>
          <span className="quiet">{measure.unit ?? ''}</span>
        </p>
      )}
    </section>
  );
}

function HeatMap({
  table: { arm, columns, rows, values: cells },
  axes: [columnAxis, rowAxis],
  shown,
  domain: [from, to],
  measure,
  statistic,
}: {
  readonly table: PlaceTable<AnalysedPoint>;
  readonly axes: readonly [string, string];
  readonly shown: Shown;
  readonly domain: readonly [number, number];
  readonly measure: Measure;
  readonly statistic: string;
}) {
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const body = useRef<HTMLTableSectionElement>(null);
  const id = useId();
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const row = Math.min(rows.length - 1, Math.max(0, at[0] + step[0]!));
    const column = Math.min(columns.length - 1, Math.max(0, at[1] + step[1]!));
    setAt([row, column]);
    body.current?.rows[row]?.querySelectorAll('button')[column]?.focus();
  };
  const looked = cells[at[0]]?.[at[1]] ?? null;
  return (
    <figure className="heat">
      <figcaption>{arm}</figcaption>
      <div className="scrolls">
        <table className="heat-map figures" aria-describedby={id}>
          <thead>
            {rowAxis !== '' && (
              <tr>
                <td />
                <th colSpan={columns.length} scope="colgroup">
                  {columnAxis}
                </th>
              </tr>
            )}
            <tr>
              <th scope="col">{rowAxis === '' ? columnAxis : rowAxis}</th>
              {columns.map((value) => (
                <th scope="col" key={String(value)}>
                  {String(value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={walk}>
            {cells.map((line, row) => (
              <tr key={String(rows[row])}>
                <th scope="row">{String(rows[row])}</th>
                {line.map((point, column) => {
                  const value = point?.[shown]?.value ?? null;
                  const isLooked = at[0] === row && at[1] === column;
                  return (
                    <td key={String(columns[column])}>
                      <button
                        type="button"
                        className="heat-cell"
                        data-shown={shown}
                        tabIndex={isLooked ? 0 : -1}
                        aria-pressed={isLooked}
                        style={heatAt(value === null || to === from ? 0.5 : (value - from) / (to - from))}
                        data-empty={value === null ? '' : undefined}
                        onFocus={() => setAt([row, column])}
                        onPointerEnter={() => setAt([row, column])}
                        onClick={() => setAt([row, column])}
                      >
                        {value === null ? '–' : shown === 'difference' ? signedText(value) : numberText(value)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="heat-reading" id={id} aria-live="polite">
        {looked === null ? 'No result there yet.' : readingOf(looked, measure, statistic)}
      </p>
    </figure>
  );
}

/** All that is known of a cell, in words. */
function readingOf({ name, level, difference }: AnalysedPoint, measure: Measure, statistic: string): string {
  if (level === null) return `${name}: no result yet.`;
  const seeds = count(level.n, 'seed');
  const said = `${name}: ${measured(level.value, measure.unit)}, ${statistic} of ${seeds}, ${endsName([level])} ${endsText(level)}`;
  return difference === null ? `${said}.` : `${said}; minus the baseline: ${differenceWords(difference)}.`;
}

/** @param share of the colour scale, in [0, 1] */
const heatAt = (share: number) => ({ '--heat': share }) as CSSProperties;
