import { type DraftAxis, optionsOf, sweepFields } from '../../../lab/experiments/draft.ts';
import { fieldName } from '../../../lab/results/words.ts';
import { Button, IconButton } from '../../kit/Button.tsx';
import { BareSelect } from '../../kit/Select.tsx';
import { useSettings } from '../../laboratoryContext.ts';

const MOST_AXES = 2;

/** Up to two settings that are swept, with their values. */
export function DraftSweep({
  axes,
  onChange,
}: {
  readonly axes: readonly DraftAxis[];
  readonly onChange: (axes: readonly DraftAxis[]) => void;
}) {
  const base = useSettings(({ config }) => config);
  const fields = sweepFields(base);
  const change = (index: number, to: Partial<DraftAxis>) =>
    onChange(axes.map((axis, i) => (i === index ? { ...axis, ...to } : axis)));
  return (
    <>
      {axes.length > 0 && (
        <ul className="draft-axes">
          {axes.map(({ field, text }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is all that names an axis.
            <li key={i}>
              <BareSelect
                label={`Swept setting ${i + 1}`}
                value={field}
                choices={[
                  { value: '', label: 'choose a setting' },
                  ...fields.map((path) => ({ value: path, label: `${fieldName(path)} (${path})` })),
                ]}
                onChange={(next) => change(i, { field: next, text: optionsOf(base, next)?.join(', ') ?? '' })}
              />
              <input
                className="text-field"
                aria-label={`Values of swept setting ${i + 1}`}
                placeholder="0.2, 0.4, 0.6 or 0.2 to 0.8 in 4"
                value={text}
                onChange={({ target }) => change(i, { text: target.value })}
              />
              <IconButton
                icon="close"
                label={`Leave out swept setting ${i + 1}`}
                onClick={() => onChange(axes.filter((_, j) => j !== i))}
              />
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">
        Values as a list, or from one to another: 0.2 to 0.8 in 4, or 1e-5 to 1e-3 in 3 log for equal ratios.
      </p>
      <Button
        icon="plus"
        disabled={axes.length >= MOST_AXES}
        onClick={() => onChange([...axes, { field: '', text: '' }])}
      >
        Sweep over a setting
      </Button>
    </>
  );
}
