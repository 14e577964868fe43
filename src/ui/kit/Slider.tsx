import { Slider as Radix } from 'radix-ui';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useId } from 'react';
import './kit.css';
import { Field, type FieldInfo, type FieldState } from './Field.tsx';
import { NumberField, numberText, onGrid } from './NumberField.tsx';
import { spoken } from './Term.tsx';

/** Places of a logarithmic track. */
const LOG_PLACES = 400;
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
};

export interface SliderProps extends FieldInfo, FieldState {
  readonly value: number;
  /** What the track reaches; the number field takes what `onChange` takes. */
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** log: equal ways are equal ratios; min must be above 0. */
  readonly scale?: 'linear' | 'log' | undefined;
  /** Marked on the track. */
  readonly presetValue?: number | undefined;
  readonly onChange: (value: number) => void;
  /** Colours the track: what it sets is of hot or of cold tokens. */
  readonly tone?: 'hot' | 'cold' | undefined;
  readonly disabled?: boolean | undefined;
  /** Stands after the number: a switch, say. */
  readonly aside?: ReactNode;
  /** The value as it is read out; default: number and unit. */
  readonly valueText?: string | undefined;
}

/** A slider with a number that can be typed. Arrows go by `step`, with shift by ten; Home and End to the ends. */
export function Slider({
  value,
  min,
  max,
  step,
  scale = 'linear',
  presetValue,
  onChange,
  tone,
  disabled,
  aside,
  valueText,
  ...field
}: SliderProps) {
  const id = useId();
  const isLog = scale === 'log';
  const clamped = Math.min(max, Math.max(min, value));
  const placeOf = (x: number) => (isLog ? (LOG_PLACES * Math.log(x / min)) / Math.log(max / min) : x);
  const valueAt = (place: number) => {
    if (!isLog) return onGrid(place, step);
    const exact = min * (max / min) ** (place / LOG_PLACES);
    const rounded = step >= 1 ? Math.round(exact / step) * step : Number(exact.toPrecision(2));
    return Math.min(max, Math.max(min, rounded));
  };
  const share = (x: number) => {
    const [from, to] = [placeOf(min), placeOf(max)];
    return (placeOf(Math.min(max, Math.max(min, x))) - from) / (to - from);
  };
  // On a logarithmic track a step is a tenth of the leading digit's place.
  const keyStep = isLog && value > 0 ? Math.max(step, 10 ** (Math.floor(Math.log10(value) + 1e-9) - 1)) : step;
  const onLogKey = (event: KeyboardEvent) => {
    const steps = KEY_STEPS[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    const next = onGrid(value + steps * keyStep * (event.shiftKey ? 10 : 1), keyStep);
    onChange(Math.min(max, Math.max(min, next)));
  };
  const mark: CSSProperties | null = presetValue === undefined ? null : { left: `${100 * share(presetValue)}%` };

  return (
    <Field
      {...field}
      labelFor={id}
      value={
        <>
          <NumberField
            id={id}
            label={field.label}
            value={value}
            step={keyStep}
            onChange={onChange}
            disabled={disabled}
          />
          {aside}
        </>
      }
    >
      <Radix.Root
        className="slider"
        data-tone={tone}
        value={[placeOf(clamped)]}
        min={placeOf(min)}
        max={placeOf(max)}
        step={isLog ? 1 : step}
        disabled={disabled === true}
        {...(isLog ? { onKeyDown: onLogKey } : {})}
        onValueChange={([place]) => {
          if (place !== undefined) onChange(valueAt(place));
        }}
      >
        <Radix.Track className="slider-track">
          <Radix.Range className="slider-range" />
        </Radix.Track>
        {mark !== null && (
          <span className="slider-rail" aria-hidden="true">
            <span className="slider-preset" style={mark} />
          </span>
        )}
        <Radix.Thumb
          className="slider-thumb"
          aria-label={`${spoken(field.label)}, slider`}
          aria-valuetext={valueText ?? `${numberText(value)}${field.unit === undefined ? '' : ` ${field.unit}`}`}
        />
      </Radix.Root>
    </Field>
  );
}
