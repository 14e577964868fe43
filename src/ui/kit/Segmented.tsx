import { ToggleGroup } from 'radix-ui';
import './kit.css';
import { Field, type FieldInfo, type FieldState } from './Field.tsx';
import type { Choice } from './Select.tsx';
import { spoken, Term } from './Term.tsx';

export interface SegmentedProps<V extends string> extends FieldInfo, FieldState {
  readonly value: V;
  /** Few, with short labels. */
  readonly choices: readonly Choice<V>[];
  readonly onChange: (value: V) => void;
}

/** One of a few, all in sight; without a field around it. */
export function BareSegmented<V extends string>({
  label,
  value,
  choices,
  onChange,
}: Pick<SegmentedProps<V>, 'label' | 'value' | 'choices' | 'onChange'>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="segmented"
      aria-label={spoken(label)}
      value={value}
      onValueChange={(next) => {
        // Pressing the one that is on would leave none.
        const chosen = choices.find((choice) => choice.value === next);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          disabled={choice.disabled === true}
          title={choice.detail}
        >
          <Term text={choice.label} />
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

export function Segmented<V extends string>({ value, choices, onChange, ...field }: SegmentedProps<V>) {
  return (
    <Field {...field}>
      <BareSegmented label={field.label} value={value} choices={choices} onChange={onChange} />
    </Field>
  );
}
