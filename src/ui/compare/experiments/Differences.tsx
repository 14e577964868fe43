import { useMemo } from 'react';
import type { Experiment } from '../../../experiments/definition.ts';
import { differingFields, fieldName, fieldValue } from '../../../lab/results/words.ts';
import { Icon } from '../../kit/Icon.tsx';

/** What the arms differ in, field by field. */
export function Differences({ experiment }: { readonly experiment: Experiment }) {
  const { arms, fields } = useMemo(() => differingFields(experiment), [experiment]);
  return (
    <details className="sheet result-details">
      <summary>
        <h3>What the arms differ in</h3>
        <span className="quiet">{fields.length === 0 ? 'nothing but the sweep' : `${fields.length} settings`}</span>
        <Icon name="chevron" />
      </summary>
      {fields.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        <section className="scrolls" tabIndex={0} aria-label="Table of what differs">
          <table className="differing">
            <thead>
              <tr>
                <th scope="col">setting</th>
                {arms.map((arm) => (
                  <th scope="col" key={arm}>
                    {arm}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {fields.map(({ field, values }) => (
                <tr key={field}>
                  <th scope="row" title={field}>
                    {fieldName(field)}
                    <code>{field}</code>
                  </th>
                  {values.map((value, i) => (
                    <td key={arms[i]}>{value === undefined ? '–' : fieldValue(field, value)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {experiment.sweep.map(({ field, values }) => (
        <p key={field}>
          Swept: {fieldName(field)} <code>{field}</code> over{' '}
          {values.map((value) => (typeof value === 'object' ? value.label : String(value))).join(', ')}.
        </p>
      ))}
      <p className="quiet">
        Seeds {experiment.seeds.join(', ')}. Evaluation: {experiment.evaluation.prompts} held-out prompts ×{' '}
        {experiment.evaluation.n} rollouts, {experiment.evaluation.samplers.map(({ name }) => name).join(' and ')}.
      </p>
    </details>
  );
}
