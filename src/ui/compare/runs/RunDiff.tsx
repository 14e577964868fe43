import { useMemo } from 'react';
import { useStore } from 'zustand';
import { exactText } from '../../../lab/charts/scale.ts';
import { runStyle } from '../../../lab/charts/style.ts';
import { metricGroups } from '../../../lab/compare/metrics.ts';
import { runDiff } from '../../../lab/compare/runDiff.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { LineSample } from '../../charts/Legend.tsx';
import { Term } from '../../kit/Term.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { namesOf } from './names.ts';

const numberText = (value: number) => (Number.isNaN(value) ? '–' : exactText(Number(value.toPrecision(4))));
const signed = (value: number) => `${value > 0 ? '+' : ''}${numberText(value)}`;

/** What differs between two runs, and what that came to. */
export function RunDiff({ first, second }: { readonly first: ComparedRun; readonly second: ComparedRun }) {
  const { compare } = useLaboratory();
  const charts = useStore(compare, (state) => state.charts);
  const atStep = useStore(compare, (state) => state.atStep);
  const { fields, isSeedOnly, step, metrics } = useMemo(
    () => runDiff(first, second, charts, atStep),
    [first, second, charts, atStep],
  );
  const titles = new Map(
    metricGroups(charts).flatMap((group) => group.metrics.map((info) => [info.metric, info.title] as const)),
  );
  const names = namesOf([first, second]);
  const headsOf = (isNumber: boolean) =>
    [first, second].map(({ run, index }) => (
      <th key={run.id} scope="col" title={run.name} data-number={isNumber ? '' : undefined}>
        <span className="runs-side">
          <LineSample style={runStyle(index)} />
          <span>
            <Term text={names.get(run.id)!} />
          </span>
        </span>
      </th>
    ));
  return (
    <>
      {/* A region that scrolls is reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <section className="runs-scroll" aria-label="What differs" tabIndex={0}>
        <table className="runs-table runs-diff">
          <caption>What differs</caption>
          <thead>
            <tr>
              <th scope="col">field</th>
              {headsOf(false)}
            </tr>
          </thead>
          <tbody>
            {fields.map(({ label, first: one, second: other }) => (
              <tr key={label}>
                <th scope="row">
                  <Term text={label} />
                </th>
                <td>{one}</td>
                <td>{other}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
      <section className="runs-scroll" aria-label="What it came to" tabIndex={0}>
        <table className="runs-table runs-diff">
          <caption>
            {step === null ? 'The two have no step in common yet.' : `The metrics of the charts at step ${step}`}
          </caption>
          <thead>
            <tr>
              <th scope="col">metric</th>
              {headsOf(true)}
              <th scope="col" data-number="" title="The second less the first">
                difference
              </th>
              <th scope="col" data-number="" title="The difference at each step that both have, averaged">
                mean over common steps
              </th>
            </tr>
          </thead>
          <tbody>
            {metrics.map((row) => (
              <tr key={row.metric}>
                <th scope="row">{titles.get(row.metric) ?? row.metric}</th>
                <td data-number="">{numberText(row.first)}</td>
                <td data-number="">{numberText(row.second)}</td>
                <td data-number="">{signed(row.difference)}</td>
                <td data-number="">{signed(row.meanDifference)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet runs-hint">
        {isSeedOnly
          ? 'Only the seed differs: this is what chance alone does.'
          : 'One run a side cannot tell a setting from chance: train each with several seeds, or run an experiment.'}
      </p>
    </>
  );
}
