// The browser's own list: it opens over anything, works on a phone, and needs no injected styles, which the page's policy
// would forbid.

import { useId } from 'react';
import './kit.css';
import { Field, type FieldInfo, type FieldState } from './Field.tsx';
import { Icon } from './Icon.tsx';
import { spoken, Term } from './Term.tsx';

export interface Choice<V extends string = string> {
  readonly value: V;
  readonly label: string;
  /** One sentence, shown below when it is chosen. */
  readonly detail?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export interface SelectProps<V extends string> extends FieldInfo, FieldState {
  readonly value: V;
  readonly choices: readonly Choice<V>[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean | undefined;
}

/** A list to choose one from, without a field around it. */
export function BareSelect<V extends string>({
  label,
  value,
  choices,
  onChange,
  id,
  disabled,
}: Pick<SelectProps<V>, 'label' | 'value' | 'choices' | 'onChange' | 'disabled'> & {
  readonly id?: string | undefined;
}) {
  return (
    <span className="select">
      <select
        id={id}
        aria-label={spoken(label)}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.target.value);
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} disabled={choice.disabled}>
            {choice.label}
          </option>
        ))}
      </select>
      <Icon name="chevron" />
    </span>
  );
}

export function Select<V extends string>({ value, choices, onChange, disabled, ...field }: SelectProps<V>) {
  const id = useId();
  const detail = choices.find((choice) => choice.value === value)?.detail;
  return (
    <Field {...field} labelFor={id}>
      <BareSelect id={id} label={field.label} value={value} choices={choices} onChange={onChange} disabled={disabled} />
      {detail !== undefined && (
        <p className="field-detail">
          <Term text={detail} />
        </p>
      )}
    </Field>
  );
}
