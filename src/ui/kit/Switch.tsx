import { Switch as Radix } from 'radix-ui';
import { useId } from 'react';
import './kit.css';
import { Field, type FieldInfo, type FieldState } from './Field.tsx';
import { spoken } from './Term.tsx';

export interface SwitchProps extends FieldInfo, FieldState {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean | undefined;
}

/** On or off, at once; without a field around it. */
export function BareSwitch({
  id,
  label,
  checked,
  onChange,
  disabled,
}: Pick<SwitchProps, 'label' | 'checked' | 'onChange' | 'disabled'> & { readonly id?: string | undefined }) {
  return (
    <Radix.Root
      id={id}
      className="switch"
      aria-label={spoken(label)}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled === true}
    >
      <Radix.Thumb className="switch-thumb" />
    </Radix.Root>
  );
}

export function Switch({ checked, onChange, disabled, ...field }: SwitchProps) {
  const id = useId();
  return (
    <Field
      {...field}
      labelFor={id}
      value={<BareSwitch id={id} label={field.label} checked={checked} onChange={onChange} disabled={disabled} />}
    />
  );
}
