// What every control has around it: a label, its help, the mark of a value that is not the preset's, and the way back.

import type { ReactNode } from 'react';
import './kit.css';
import { IconButton } from './Button.tsx';
import { Help } from './Help.tsx';
import { spoken, Term } from './Term.tsx';

export interface FieldInfo {
  /** Written as in the paper: "T_high". */
  readonly label: string;
  readonly unit?: string | undefined;
  /** One sentence. */
  readonly help?: ReactNode | undefined;
  readonly source?: ReactNode | undefined;
}

export interface FieldState {
  /** What the preset has, as text; undefined: the value is the preset's, or there is no preset. */
  readonly presetText?: string | undefined;
  /** Back to the preset. */
  readonly onReset?: (() => void) | undefined;
  /** What the run that goes on uses instead; undefined: the same. */
  readonly appliedText?: string | undefined;
}

/** @param value what stands at the end of the label's line */
export function Field({
  label,
  unit,
  help,
  source,
  presetText,
  onReset,
  appliedText,
  labelFor,
  value,
  children,
}: FieldInfo &
  FieldState & {
    readonly labelFor?: string | undefined;
    readonly value?: ReactNode;
    readonly children?: ReactNode;
  }) {
  const differs = presetText !== undefined;
  return (
    <div className="field" data-differs={differs ? '' : undefined}>
      <div className="field-head">
        <span className="field-name">
          <label htmlFor={labelFor}>
            <Term text={label} />
          </label>
          {help !== undefined && (
            <Help about={label} source={source}>
              {help}
            </Help>
          )}
          {differs && onReset !== undefined && (
            <IconButton
              className="field-reset"
              icon="reset"
              label={`Set ${spoken(label)} back to the preset's ${presetText}`}
              onClick={onReset}
            />
          )}
        </span>
        {value !== undefined && (
          <span className="field-value">
            {value}
            {unit !== undefined && <span className="unit">{unit}</span>}
          </span>
        )}
      </div>
      {children}
      {appliedText !== undefined && <p className="not-applied">not applied yet: the run has {appliedText}</p>}
    </div>
  );
}
