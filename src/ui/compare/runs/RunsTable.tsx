// Every stored run as a row: shown or not, its line, what differs, and what one metric came to.

import { type KeyboardEvent, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { exactText } from '../../../lab/charts/scale.ts';
import { runStyle } from '../../../lab/charts/style.ts';
import { type DifferingField, differingFields, fieldText } from '../../../lab/compare/differing.ts';
import { commonStep, type Measured, measured } from '../../../lab/compare/measured.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { LineSample } from '../../charts/Legend.tsx';
import { BareSwitch } from '../../kit/Switch.tsx';
import { Term } from '../../kit/Term.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';

interface Row {
  readonly compared: ComparedRun;
  readonly texts: readonly string[];
  readonly values: Measured;
}

/** What a column is sorted by: a text, or a number; NaN comes last. */
type Key = (row: Row) => string | number;

interface Column {
  readonly id: string;
  readonly label: string;
  readonly title?: string;
  readonly isNumber: boolean;
  readonly key: Key;
}

interface Sort {
  readonly id: string;
  readonly isDescending: boolean;
}

const NEWEST_FIRST: Sort = { id: 'made', isDescending: true };
const made: Key = ({ compared }) => compared.run.createdAt;

const valueText = (value: number) => (Number.isNaN(value) ? '–' : exactText(Number(value.toPrecision(4))));

interface Props {
  readonly runs: readonly ComparedRun[];
  readonly shown: readonly ComparedRun[];
}

export function RunsTable({ runs, shown }: Props) {
  const { compare } = useLaboratory();
  const metric = useStore(compare, (state) => state.metric);
  const best = useStore(compare, (state) => state.best);
  const atStep = useStore(compare, (state) => state.atStep);
  const [sort, setSort] = useState(NEWEST_FIRST);
  // A run that goes on keeps its identity.
  const identities = runs.map(({ run }) => run.id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const fields = useMemo(() => differingFields(runs.map(({ run }) => run)), [identities]);
  const step = atStep ?? commonStep(shown.map(({ curves }) => curves));
  const rows = runs.map(
    (compared): Row => ({
      compared,
      texts: fields.map(({ field }) => fieldText(compared.run, field)),
      values: measured(compared.curves, metric, best, step),
    }),
  );
  const columns = columnsOf(fields, best, step);
  const key = columns.find(({ id }) => id === sort.id)?.key ?? made;
  const sorted = rows.toSorted((a, b) => order(key(a), key(b), sort.isDescending));
  /** Up, down, and back to the newest first. */
  const press = (id: string) => {
    if (sort.id !== id) setSort({ id, isDescending: false });
    else setSort(sort.isDescending ? NEWEST_FIRST : { id, isDescending: true });
  };
  const areAllShown = shown.length === runs.length;
  return (
    // A region that scrolls is reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="runs-scroll" aria-label="Table of runs" tabIndex={0}>
      <table className="runs-table">
        <thead>
          <tr>
            <th scope="col" className="runs-shown">
              <BareSwitch
                label="Show all runs"
                checked={areAllShown}
                onChange={(isShown) =>
                  compare.show(
                    runs.map(({ run }) => run.id),
                    isShown,
                  )
                }
              />
            </th>
            {columns.map(({ id, label, title, isNumber }) => (
              <th
                key={id}
                scope="col"
                className={id === 'name' ? 'runs-name' : undefined}
                data-number={isNumber ? '' : undefined}
                aria-sort={sort.id === id ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}
              >
                <button
                  type="button"
                  className="runs-sort"
                  title={title ?? `Sort by ${label}`}
                  onClick={() => press(id)}
                >
                  <Term text={label} />
                  <span aria-hidden="true">{sort.id === id ? (sort.isDescending ? ' ▼' : ' ▲') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody data-takes-arrows="" onKeyDown={walk}>
          {sorted.map((row) => (
            <RunRow key={row.compared.run.id} row={row} fields={fields} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function columnsOf(fields: readonly DifferingField[], best: string, step: number | null): Column[] {
  return [
    { id: 'name', label: 'run', isNumber: false, key: ({ compared }) => compared.run.name },
    ...fields.map(
      ({ field, label }, i): Column => ({
        id: field,
        label,
        title: `${field}: sort by it`,
        isNumber: false,
        key: ({ texts }) => texts[i]!,
      }),
    ),
    { id: 'steps', label: 'steps', isNumber: true, key: ({ compared }) => compared.run.step },
    { id: 'last', label: 'last', isNumber: true, key: ({ values }) => values.last },
    { id: 'best', label: best, isNumber: true, key: ({ values }) => values.best },
    { id: 'at', label: step === null ? 'at a step' : `at ${step}`, isNumber: true, key: ({ values }) => values.atStep },
  ];
}

function order(a: string | number, b: string | number, isDescending: boolean): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return isDescending ? b - a : a - b;
  }
  const ascending = String(a).localeCompare(String(b), 'en', { numeric: true });
  return isDescending ? -ascending : ascending;
}

/** The arrows lead to the same place of the next row. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = (event.target as Element).closest('tr');
  if (row === null || (by === undefined && event.key !== 'Home' && event.key !== 'End')) return;
  const rows = [...event.currentTarget.querySelectorAll('tr')];
  const controls = (of: Element | undefined) => [...(of?.querySelectorAll<HTMLElement>('button') ?? [])];
  const place = controls(row).indexOf((event.target as Element).closest('button') as HTMLElement);
  const to = event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : rows.indexOf(row) + by!;
  controls(rows[to])[place]?.focus();
  event.preventDefault();
}

function RunRow({ row, fields }: { readonly row: Row; readonly fields: readonly DifferingField[] }) {
  const { compare } = useLaboratory();
  const { compared, texts, values } = row;
  const { run, activity, curves, isRead, index } = compared;
  const isShown = useStore(compare, ({ hidden }) => !hidden.has(run.id));
  const isChosen = useStore(compare, ({ chosen }) => chosen.includes(run.id));
  return (
    <tr data-chosen={isChosen ? '' : undefined} data-shown={isShown ? '' : undefined}>
      <td className="runs-shown">
        <BareSwitch label={`Show ${run.name}`} checked={isShown} onChange={(shown) => compare.show([run.id], shown)} />
      </td>
      <th scope="row" className="runs-name">
        <div className="runs-name-cell">
          <button
            type="button"
            className="runs-choose"
            aria-pressed={isChosen}
            title={`${run.name}: choose it, to look at it or to set it beside another`}
            onClick={() => compare.choose(run.id)}
          >
            <LineSample style={runStyle(index)} />
            <span className="runs-name-text">{run.name}</span>
          </button>
          {activity !== 'paused' && <span className="runs-state">{activity}</span>}
          {curves.annotations.length > 0 && (
            <span className="runs-state" title="Settings were changed while it ran: see the marks in the charts.">
              ✎ {curves.annotations.length}
            </span>
          )}
        </div>
      </th>
      {texts.map((text, i) => (
        <td key={fields[i]!.field}>{text}</td>
      ))}
      <td data-number="">{run.step}</td>
      <td data-number="">{isRead ? valueText(values.last) : '…'}</td>
      <td data-number="">
        {isRead ? valueText(values.best) : '…'}
        {values.bestStep !== null && <small className="quiet"> at {values.bestStep}</small>}
      </td>
      <td data-number="">{isRead ? valueText(values.atStep) : '…'}</td>
    </tr>
  );
}
