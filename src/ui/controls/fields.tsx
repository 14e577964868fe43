// A control for one place of the config, by its path: label, help, marks and the way back come from tables.

import { useId } from 'react';
import { Segmented } from '../kit/Segmented.tsx';
import { Select } from '../kit/Select.tsx';
import { Slider } from '../kit/Slider.tsx';
import { BareSwitch, Switch } from '../kit/Switch.tsx';
import { choicesOf, useField } from './useField.ts';

export interface Range {
  /** What the slider reaches; the number field takes whatever the config takes. */
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly scale?: 'linear' | 'log' | undefined;
}

export function NumberControl({
  path,
  tone,
  ...range
}: Range & { readonly path: string; readonly tone?: 'hot' | 'cold' | undefined }) {
  const { field, value, preset, set } = useField(path);
  if (typeof value !== 'number') return null;
  return (
    <Slider
      {...field}
      {...range}
      value={value}
      presetValue={typeof preset === 'number' ? preset : undefined}
      onChange={set}
      tone={tone}
    />
  );
}

/** A number that may be off (null). @param start what it is when it is turned on */
export function OptionalNumberControl({
  path,
  start,
  ...range
}: Range & { readonly path: string; readonly start: number }) {
  const { field, value, preset, set } = useField(path);
  const id = useId();
  if (typeof value !== 'number')
    return <Switch {...field} checked={false} onChange={() => set(typeof preset === 'number' ? preset : start)} />;
  return (
    <Slider
      {...field}
      {...range}
      value={value}
      presetValue={typeof preset === 'number' ? preset : undefined}
      onChange={set}
      aside={<BareSwitch id={id} label={`${field.label}, on`} checked onChange={() => set(null)} />}
    />
  );
}

/**
 * @param as segmented for few short choices
 * @param whole where choosing sets more than this place: what the preset is compared by and goes back to
 * @param onChoose default: sets the place
 */
export function ChoiceControl({
  path,
  as = 'select',
  values,
  whole,
  onChoose,
}: {
  readonly path: string;
  readonly as?: 'select' | 'segmented';
  readonly values?: readonly string[];
  readonly whole?: string;
  readonly onChoose?: (value: string) => void;
}) {
  const { field, value, set } = useField(path, whole);
  const choices = choicesOf(path, values);
  const chosen = value === undefined || value === null ? 'none' : String(value);
  const Choose = as === 'select' ? Select : Segmented;
  return <Choose {...field} value={chosen} choices={choices} onChange={onChoose ?? set} />;
}

export function SwitchControl({ path }: { readonly path: string }) {
  const { field, value, set } = useField(path);
  return <Switch {...field} checked={value === true} onChange={set} />;
}
