// One place of the config as a control sees it.

import { useStore } from 'zustand';
import { helpFor, sourceText } from '../../lab/help.ts';
import { presetOf, valueAt, valueText } from '../../lab/settings/places.ts';
import { resetChanges } from '../../lab/settings/rules.ts';
import type { FieldInfo, FieldState } from '../kit/Field.tsx';
import { useRunStatus, useSettingsStore } from '../laboratoryContext.ts';

export interface ConfigField {
  /** Label, help, marks and the way back, for a control of the kit. */
  readonly field: FieldInfo & FieldState;
  readonly value: unknown;
  /** undefined: the preset has no such place. */
  readonly preset: unknown;
  readonly set: (value: unknown) => void;
}

/** What is not there is off, as null is. */
const isSame = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * @param path of the value that the control shows
 * @param whole path of the object that the preset is compared by, where parts of it make no sense alone; default: path
 */
export function useField(path: string, whole: string = path): ConfigField {
  const settings = useSettingsStore();
  const value = useStore(settings, (state) => valueAt(state.settings.config, path));
  const preset = useStore(settings, (state) => valueAt(presetOf(state.settings), path));
  const presetWhole = useStore(settings, (state) => valueAt(presetOf(state.settings), whole));
  const applied = useRunStatus(({ appliedConfig }) => valueAt(appliedConfig, path));
  const appliedWhole = useRunStatus(({ appliedConfig }) => valueAt(appliedConfig, whole));
  const { label, unit, help } = helpFor(path);
  // A place that the other config lacks belongs to another rule, whose own control says so.
  const differs = presetWhole !== undefined && !isSame(value, preset);
  const isApplied = appliedWhole === undefined || isSame(value, applied);
  return {
    field: {
      label,
      unit,
      help,
      source: sourceText(helpFor(path)),
      presetText: differs ? valueText(path, preset) : undefined,
      onReset: differs
        ? () => settings.editAll(resetChanges(presetOf(settings.getState().settings), whole))
        : undefined,
      appliedText: isApplied ? undefined : valueText(path, applied),
    },
    value,
    preset,
    set: (next) => settings.edit(path, next),
  };
}

/** The choices of a field from its help. */
export function choicesOf(
  path: string,
  values?: readonly string[],
): { value: string; label: string; detail?: string }[] {
  const options = helpFor(path).options ?? {};
  return (values ?? Object.keys(options)).map((value) => {
    const { label, help } = options[value] ?? { label: value, help: undefined };
    return { value, label, ...(help === undefined ? {} : { detail: help }) };
  });
}
