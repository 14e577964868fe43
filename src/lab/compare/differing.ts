// In which fields runs differ: of all that names a run, only what is not the same in each of them.

import { differences, type RunIdentity, runName, shortHash } from '../../grpo/runIdentity.ts';
import { HELP, helpFor } from '../help.ts';
import { valueAt, valueText } from '../settings/places.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { RunCurves } from './curves.ts';

export interface DifferingField {
  /** Names joined by dots: a place in the config, or in the rest of the identity. */
  readonly field: string;
  /** As the controls call it. */
  readonly label: string;
}

/** What names a run beside its config. */
const BESIDE: Readonly<Record<string, string>> = {
  weights: 'starts from',
  source: 'problems',
  code: 'code',
  backend: 'engine',
  adapter: 'machine',
};
const SEED = 'seed';
const MACHINE = ['code', 'backend', 'adapter'];

type Named = Pick<StoredRun, 'identity'>;

/** All that may differ, in one object; problems that the difficulty names already are left out. */
function comparable({ config, source, ...rest }: RunIdentity): Readonly<Record<string, unknown>> {
  const { version: _, ...fields } = config;
  return { ...fields, ...(source === config.difficulty ? {} : { source }), ...rest };
}

/** The fields that are not equal in all runs, in the config's order, the seed last; none for fewer than two runs. */
export function differingFields(runs: readonly Named[]): DifferingField[] {
  const [first, ...others] = runs.map(({ identity }) => comparable(identity));
  const found = new Set(others.flatMap((other) => differences(first, other).map(({ field }) => field)));
  const fields = [...found].filter((field) => field !== SEED);
  return [...fields, ...(found.has(SEED) ? [SEED] : [])].map((field) => ({ field, label: labelOf(field) }));
}

/** What a place is called: by its help, or by the last part of its name. */
export function labelOf(field: string): string {
  return BESIDE[field] ?? (isPlace(field) ? helpFor(field).label : field.split('.').at(-1)!);
}

const isPlace = (field: string) => field.replace(/^schedules\.\w+/, 'schedules.*') in HELP;

/** What a run has in a place, as text; a dash where its rules have no such place. */
export function fieldText({ identity }: Named, field: string): string {
  return placeText(field, valueAt(comparable(identity), field));
}

export function placeText(field: string, value: unknown): string {
  if (value === undefined) return '–';
  if (field === 'weights') return shortHash(String(value));
  return isPlace(field) || (typeof value === 'object' && value !== null) ? valueText(field, value) : String(value);
}

/** What a short name is made of. */
export interface NamedRun {
  readonly run: Pick<StoredRun, 'identity' | 'name'>;
  readonly curves: Pick<RunCurves, 'annotations'>;
}

/**
 * A short name for each run, unlike those of the others: the name that a person gave it, or else what differs.
 * @param ignored fields that are not told, such as the seed of runs that stand for their seeds
 */
export function shortNames(runs: readonly NamedRun[], ignored: readonly string[] = []): string[] {
  const all = differingFields(runs.map(({ run }) => run)).filter(({ field }) => !ignored.includes(field));
  // A machine is told only where nothing else tells runs apart.
  const wanted = all.filter(({ field }) => !MACHINE.includes(field));
  const told = wanted.length > 0 ? wanted : all;
  const names = runs.map(({ run, curves }) => {
    const texts = told.map(({ field, label }) => `${label} ${fieldText(run, field)}`);
    const isGiven = run.name !== runName(run.identity.config);
    const name = isGiven || texts.length === 0 ? run.name : texts.join(', ');
    return curves.annotations.length === 0 ? name : `${name}, changed live`;
  });
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
