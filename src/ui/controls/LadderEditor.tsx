// The ladder as a list of shifts, and what each rollout of a group gets from it.

import { ladderShift, rowTemperatures } from '../../temperature/ladder.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { Field } from '../kit/Field.tsx';
import { NumberField, numberText } from '../kit/NumberField.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { useField } from './useField.ts';

const STEP = 0.05;
/** The authors' code. */
const AUTHORS = [0, 0, -0.1, 0.1, -0.2, 0.2, -0.3, 0.3];
const MOST_SHOWN = 16;

export function LadderEditor() {
  const { field, set } = useField('sampler.ladder.offsets');
  const offsets = useSettings(({ config }) => config.sampler.ladder.offsets);
  const replaced = (at: number, value: number) => offsets.map((offset, i) => (i === at ? value : offset));
  return (
    <Field {...field}>
      <ol className="ladder" aria-label="Shifts">
        {offsets.map((offset, i) => (
          // Two shifts may be alike: their place is what tells them apart.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above.
          <li key={i}>
            <NumberField
              label={`Shift ${i + 1}`}
              value={offset}
              step={STEP}
              onChange={(value) => set(replaced(i, value))}
            />
            <IconButton
              icon="close"
              label={`Remove shift ${i + 1}`}
              disabled={offsets.length === 1}
              onClick={() => set(offsets.filter((_, at) => at !== i))}
            />
          </li>
        ))}
      </ol>
      <div className="row">
        <Button icon="plus" look="quiet" onClick={() => set([...offsets, 0])}>
          Add a step
        </Button>
        <Button look="quiet" onClick={() => set(AUTHORS)}>
          The authors’
        </Button>
        <Button look="quiet" onClick={() => set([0])}>
          None
        </Button>
      </div>
      <LadderRows />
    </Field>
  );
}

/** Number of each rollout, and below it its hot and its cold temperature. */
function LadderRows() {
  const sampler = useSettings(({ config }) => config.sampler);
  const group = useSettings(({ config }) => config.group);
  const hasTwo = sampler.temperature.rule === 'binary' || sampler.temperature.rule === 'rank';
  const rows = Array.from({ length: Math.min(group, MOST_SHOWN) }, (_, r) =>
    rowTemperatures(sampler, ladderShift(sampler, r)),
  );
  return (
    <ol className="ladder-rows figures" aria-label="Temperatures of the rollouts">
      {rows.map(([hot, cold], r) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rollout is its number.
        <li key={r}>
          <span className="quiet">{r + 1}</span>
          {hasTwo ? (
            <>
              <span className="hot">
                <span className="unseen">hot </span>
                {numberText(hot)}
              </span>
              <span className="cold">
                <span className="unseen">cold </span>
                {numberText(cold)}
              </span>
            </>
          ) : (
            <span>{numberText(hot)}</span>
          )}
        </li>
      ))}
      {group > MOST_SHOWN && <li className="quiet">… {group}</li>}
    </ol>
  );
}
