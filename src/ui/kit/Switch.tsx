import { Switch as Radix } from 'radix-ui';
import { useId } from 'react';
import './kit.css';
import { Field, type FieldInfo, type FieldState } from './Field.tsx';

export interface SwitchProps extends FieldInfo, FieldState {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean | undefined;
}

/** On or off, at once. */
export function Switch({ checked, onChange, disabled, ...field }: SwitchProps) {
  const id = useId();
  return (
    <Field
      {...field}
      labelFor={id}
      value={
        <Radix.Root
          id={id}
          className="switch"
          checked={checked}
          onCheckedChange={onChange}
          disabled={disabled === true}
        >
          <Radix.Thumb className="switch-thumb" />
        </Radix.Root>
      }
    />
  );
}
