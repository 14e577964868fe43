import type { CellResult } from '../../../experiments/cellResult.ts';
import { pointName } from '../../../experiments/definition.ts';
import { durationText } from '../../../experiments/report/numbers.ts';
import type { Results } from '../../../experiments/results.ts';
import { shortHash } from '../../../grpo/runIdentity.ts';
import { count } from '../../../lab/results/words.ts';
import { Icon } from '../../kit/Icon.tsx';

/** Where every number comes from: each run with its hashes, its machine, and what the sentinel saw. */
export function Cells({ results: { experiment, cells } }: { readonly results: Results }) {
  const machines = new Set(cells.map(({ machine }) => `${machine.backend}, ${machine.adapter}`));
  const warned = cells.filter(({ warnings }) => warnings.length > 0).length;
  return (
    <details className="sheet result-details">
      <summary>
        <h3>Runs</h3>
        <span className="quiet">
          {count(cells.length, 'run')} on {[...machines].join(' and ')}
          {warned > 0 && `; the sentinel warned in ${warned}`}
        </span>
        <Icon name="chevron" />
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of runs">
        <table className="cells figures">
          <thead>
            <tr>
              <th scope="col">arm</th>
              <th scope="col">seed</th>
              <th scope="col">run</th>
              <th scope="col">start</th>
              <th scope="col">code</th>
              <th scope="col">machine</th>
              <th scope="col">time</th>
              <th scope="col">warnings</th>
            </tr>
          </thead>
          <tbody>
            {cells.map(({ key, arm, at, seed, run, weights, machine, timing, warnings }) => (
              <tr key={key}>
                <th scope="row">{pointName(experiment, { arm, at })}</th>
                <td>{seed}</td>
                <td>{run === null ? 'not trained' : <code title={run}>{shortHash(run)}</code>}</td>
                <td>
                  <code title={weights}>{shortHash(weights)}</code>
                </td>
                <td>
                  <code title={machine.code}>{shortHash(machine.code)}</code>
                </td>
                <td>
                  {machine.backend}, {machine.adapter}
                </td>
                <td>{durationText(timing.seconds)}</td>
                <td>{warningsText(warnings)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** `dead-groups at steps 15, 95; repetition at step 120`. */
function warningsText(warnings: CellResult['warnings']): string {
  const signs = [...new Set(warnings.map(({ sign }) => sign))];
  const said = signs.map((sign) => {
    const steps = warnings.filter((warning) => warning.sign === sign).map(({ step }) => step);
    return `${sign} at step${steps.length === 1 ? '' : 's'} ${steps.join(', ')}`;
  });
  return said.length === 0 ? 'none' : said.join('; ');
}
