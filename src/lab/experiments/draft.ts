// An experiment of the reader's own: the page's settings are its base, and everything else is drafted here until it is
// started or saved.

import { fieldsAt, overlay } from '../../experiments/overlay.ts';
import { parseRunConfig, type RunConfig } from '../../grpo/runConfig.ts';
import { HELP } from '../help.ts';
import { valueAt } from '../settings/places.ts';
import { differences } from '../settings/settings.ts';
import type { Size } from './shrink.ts';
import { readSweepValues, SweepTextError } from './sweepValues.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface DraftArm {
  /** Names it in lists while its name is edited. */
  readonly id: number;
  readonly name: string;
  /** What differs from the base. */
  readonly set: Fields;
}

export interface DraftAxis {
  /** '': not chosen. */
  readonly field: string;
  /** For readSweepValues. */
  readonly text: string;
}

export interface Draft {
  readonly name: string;
  readonly question: string;
  readonly arms: readonly DraftArm[];
  readonly axes: readonly DraftAxis[];
  readonly size: Omit<Size, 'prompts' | 'group'>;
  /** Steps between evaluations; 0: before and after only. */
  readonly evaluateEvery: number;
  /** The definition as the reader typed it, in place of all that is above; null: not typed. */
  readonly text: string | null;
}

export const FIRST_DRAFT: Draft = {
  name: 'My experiment',
  question: '',
  arms: [{ id: 0, name: 'as set', set: {} }],
  axes: [],
  size: { seeds: 5, steps: 50, evaluationPrompts: 64, evaluationRollouts: 16 },
  evaluateEvery: 10,
  text: null,
};

/** The config of an arm. @throws RunConfigError where base and arm do not fit together */
export function armConfig(base: RunConfig, set: Fields): RunConfig {
  return parseRunConfig({ ...overlay({ ...base }, set) });
}

/** What an arm must set to have this config. */
export function armSet(base: RunConfig, config: RunConfig): Fields {
  return differences({ ...base, seed: 0 }, { ...config, seed: 0 }).reduce<Fields>(
    (set, { path, value }) => overlay(set, fieldsAt(path, value)),
    {},
  );
}

/** Places of the config that a sweep can go over: numbers, switches and choices. */
export function sweepFields(base: RunConfig): string[] {
  return Object.keys(HELP).filter((path) => {
    if (path === 'seed' || path.startsWith('schedules.')) return false;
    const value = valueAt(base, path);
    return typeof value === 'number' || typeof value === 'boolean' || optionsOf(base, path) !== null;
  });
}

/** The names that a place accepts; null: it takes numbers, or is not there. */
export function optionsOf(base: RunConfig, path: string): readonly string[] | null {
  const value = valueAt(base, path);
  if (typeof value === 'boolean') return ['true', 'false'];
  const options = (HELP as Readonly<Record<string, { readonly options?: object }>>)[path]?.options;
  return typeof value === 'string' && options !== undefined ? Object.keys(options) : null;
}

/** A draft as a definition, which parseExperiment may still refuse. @throws SweepTextError, SyntaxError for typed text that is no JSON */
export function draftDefinition(base: RunConfig, draft: Draft): unknown {
  if (draft.text !== null) return JSON.parse(draft.text);
  const { seed: _, ...common } = base;
  const { seeds, steps, evaluationPrompts, evaluationRollouts } = draft.size;
  return {
    version: 1,
    name: draft.name,
    question: draft.question,
    base: common,
    arms: draft.arms.map(({ name, set }) => ({ name, set })),
    sweep: draft.axes.map(({ field, text }) => {
      if (field === '') throw new SweepTextError('The setting that is swept must be chosen.');
      return { field, values: readSweepValues(text, optionsOf(base, field)) };
    }),
    seeds: Array.from({ length: seeds }, (__, i) => i),
    steps,
    evaluation: { every: draft.evaluateEvery, prompts: evaluationPrompts, n: evaluationRollouts },
  };
}

/** The part of the form that a refusal speaks of. */
export type DraftPart = 'name' | 'arms' | 'sweep' | 'size' | 'whole';

export function partOf(sentence: string, draft: Draft): DraftPart {
  if (draft.text !== null) return 'whole';
  if (/^(the names of the arms|arms\b)/.test(sentence)) return 'arms';
  if (/^name\b/.test(sentence)) return 'name';
  if (/^(sweep|the values)\b/.test(sentence)) return 'sweep';
  if (/^(seeds|steps|evaluation|curve|\d+ configs)\b/.test(sentence)) return 'size';
  if (draft.axes.length > 0 && draft.axes.some(({ field }) => sentence.includes(`${field.split('.').at(-1)} =`)))
    return 'sweep';
  return draft.arms.some(({ name }) => sentence.startsWith(name)) ? 'arms' : 'whole';
}
