import { NumberField } from '../../kit/NumberField.tsx';

/** A whole number in a line of several. */
export function SizeField({
  label,
  value,
  step = 1,
  least = 1,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly step?: number;
  readonly least?: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <span className="size-field">
      <span aria-hidden="true">{label}</span>
      <NumberField
        label={label}
        value={value}
        step={step}
        onChange={(next) => onChange(Math.max(least, Math.round(next)))}
      />
    </span>
  );
}
