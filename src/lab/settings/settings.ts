// What the reader has set, as one value: the config that is sampled and trained with, the preset that it is told apart
// from, the room, and the prompt. A link holds exactly this.

import { isPresetName, PRESET_NAMES, PRESETS, type PresetName } from '../../grpo/presets.ts';
import { parseRunConfig, type RunConfig, type RunConfigInput } from '../../grpo/runConfig.ts';

export const ROOMS = ['step', 'train', 'compare', 'evaluate', 'model', 'learn'] as const;
export type Room = (typeof ROOMS)[number];

export interface Settings {
  readonly room: Room;
  readonly preset: PresetName;
  readonly config: RunConfig;
  /** Text of the Step room's prompt; null: problem `problem` of the task. */
  readonly prompt: string | null;
  /** Which held-out problem the Step room shows. */
  readonly problem: number;
  /** What the config is told apart from in place of the preset: the base of an experiment, of which it is an arm. */
  readonly against?: RunConfig;
}

/** Thrown for settings that cannot be taken; the message is one sentence. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** The whole config of a preset for a task. */
export function presetConfig(
  preset: PresetName,
  kept: Pick<RunConfigInput, 'task' | 'difficulty' | 'seed'>,
): RunConfig {
  return parseRunConfig({ ...PRESETS[preset].config, ...kept });
}

export const INITIAL_SETTINGS: Settings = {
  room: 'step',
  preset: 'ours',
  config: presetConfig('ours', {}),
  prompt: null,
  problem: 0,
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in a config and what stands there. */
export interface Difference {
  /** Names joined by dots. */
  readonly path: string;
  readonly value: Json;
}

const isObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Where `config` differs from `base`, with its own values. Objects of different kinds (another rule, another schedule)
 * differ as wholes, because half of one and half of the other would be neither.
 */
export function differences(base: unknown, config: unknown, path = ''): Difference[] {
  if (JSON.stringify(base) === JSON.stringify(config)) return [];
  const isSameKind =
    isObject(base) && isObject(config) && Object.keys(base).sort().join() === Object.keys(config).sort().join();
  if (
    !isSameKind ||
    ('rule' in base && base['rule'] !== config['rule']) ||
    ('kind' in base && base['kind'] !== config['kind'])
  )
    return [{ path, value: config as Json }];
  return Object.keys(config).flatMap((key) =>
    differences(base[key], config[key], path === '' ? key : `${path}.${key}`),
  );
}

/** A copy of `config` with `value` at `path`. @throws SettingsError for a path that leads nowhere */
function withValue<T>(config: T, path: readonly string[], value: unknown, whole = path.join('.')): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  if (!isObject(config) || !Object.hasOwn(config, key)) throw new SettingsError(`${whole} is not a setting.`);
  return { ...config, [key]: withValue(config[key], rest, value, whole) };
}

/**
 * The config with these differences applied, checked.
 * @throws RunConfigError, SettingsError
 */
export function changed(
  config: RunConfig,
  changes: readonly { readonly path: string; readonly value: unknown }[],
): RunConfig {
  return parseRunConfig(changes.reduce((made, { path, value }) => withValue(made, path.split('.'), value), config));
}

export { isPresetName, PRESET_NAMES, PRESETS, type PresetName };
