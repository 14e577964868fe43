import { type KeyboardEvent, useState } from 'react';
import './kit.css';
import { spoken } from './Term.tsx';

/** Six digits, without noise of binary fractions. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** The number that a text says, or null. A comma is taken for the decimal point, and the typographic minus for a minus. */
export function readNumber(text: string): number | null {
  const plain = text.trim().replace(',', '.').replace('−', '-');
  const value = Number(plain);
  return plain === '' || !Number.isFinite(value) ? null : value;
}

/** `value` on the grid of `step` that goes through 0, without noise. */
export function onGrid(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** A number that is typed; taken at Enter or when the field is left. Arrows go by `step`, with shift by ten. */
export function NumberField({
  label,
  value,
  step,
  onChange,
  id,
  disabled = false,
}: {
  readonly label: string;
  readonly value: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  readonly id?: string | undefined;
  readonly disabled?: boolean | undefined;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const isWrong = draft !== null && readNumber(draft) === null;

  const take = () => {
    const typed = draft === null ? null : readNumber(draft);
    if (typed !== null && typed !== value) onChange(typed);
    setDraft(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') take();
    else if (event.key === 'Escape') setDraft(null);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const by = (event.key === 'ArrowUp' ? 1 : -1) * step * (event.shiftKey ? 10 : 1);
      setDraft(null);
      onChange(onGrid((draft === null ? value : (readNumber(draft) ?? value)) + by, step));
    }
  };

  return (
    <input
      className="number"
      id={id}
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-label={spoken(label)}
      aria-invalid={isWrong ? 'true' : undefined}
      title={isWrong ? 'This is not a number.' : undefined}
      disabled={disabled}
      value={draft ?? numberText(value)}
      onChange={(event) => setDraft(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={take}
      onKeyDown={onKeyDown}
    />
  );
}
