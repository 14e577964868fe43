// Looking at one place of a config beside the preset's, and saying its value in words.

import type { RunConfig } from '../../grpo/runConfig.ts';
import { helpFor } from '../help.ts';
import { differences, presetConfig, type Settings } from './settings.ts';

/** What stands at a path, or undefined where the config has no such place. */
export function valueAt(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
      config,
    );
}

let last: { readonly key: string; readonly config: RunConfig } | null = null;

/** The config that the settings are told apart from: their preset's for their task, difficulty and seed. Every control asks for it: the last is kept. */
export function presetOf({ preset, against, config: { task, difficulty, seed } }: Settings): RunConfig {
  if (against !== undefined) return against;
  const key = JSON.stringify([preset, task, difficulty, seed]);
  if (last?.key !== key) last = { key, config: presetConfig(preset, { task, difficulty, seed }) };
  return last.config;
}

/** Paths under one of `prefixes` where the settings differ from their preset. */
export function changedPaths(settings: Settings, prefixes: readonly string[] = ['']): string[] {
  return differences(presetOf(settings), settings.config)
    .map(({ path }) => path)
    .filter((path) => prefixes.some((prefix) => prefix === '' || path === prefix || path.startsWith(`${prefix}.`)));
}

const numberText = (value: number) => String(Number(value.toPrecision(6)));

/** A value as a reader sees it: the option's label, 'on', 'off', a number, a list of numbers. */
export function valueText(path: string, value: unknown): string {
  if (value === null || value === undefined) return 'off';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return value.map((item) => valueText(path, item)).join(', ');
  if (typeof value === 'object') {
    const named = value as Readonly<Record<string, unknown>>;
    const key = ['rule', 'kind', 'variant'].find((name) => typeof named[name] === 'string');
    if (key !== undefined) return valueText(`${path}.${key}`, named[key]);
    return Object.values(named)
      .map((item) => valueText(path, item))
      .join(': ');
  }
  return helpFor(path).options?.[String(value)]?.label ?? String(value);
}
