// Settings as the part of an address after '#': a version, and only what differs from the preset.
//
//   #v=1&room=train&preset=paper&sampler.temperature.high=1.4
//
// Values are JSON, or plain text where that is not JSON.

import { RunConfigError } from '../../grpo/runConfig.ts';
import {
  changed,
  differences,
  INITIAL_SETTINGS,
  isPresetName,
  PRESET_NAMES,
  presetConfig,
  ROOMS,
  type Settings,
  SettingsError,
} from './settings.ts';

export const LINK_VERSION = 1;

/** Fields of a config that a link says by themselves, before the preset fills in the rest. */
const KEPT = ['task', 'difficulty', 'seed'] as const;
const LONGEST_LINK = 20_000;
const LONGEST_PROMPT = 2_000;

/** '' for the settings that a first visit has, else a text that begins with '#'. */
export function linkOf(settings: Settings): string {
  const { room, preset, config, prompt, problem } = settings;
  const plain = presetConfig(preset, { task: config.task, difficulty: config.difficulty, seed: config.seed });
  const initial = presetConfig(preset, { task: config.task });
  const parts = new URLSearchParams();
  if (room !== INITIAL_SETTINGS.room) parts.set('room', room);
  if (preset !== INITIAL_SETTINGS.preset) parts.set('preset', preset);
  if (config.task !== INITIAL_SETTINGS.config.task) parts.set('task', config.task);
  if (config.difficulty !== initial.difficulty) parts.set('difficulty', config.difficulty);
  if (config.seed !== initial.seed) parts.set('seed', String(config.seed));
  if (prompt !== null) parts.set('prompt', prompt);
  if (problem !== INITIAL_SETTINGS.problem) parts.set('problem', String(problem));
  for (const { path, value } of differences(plain, config)) parts.set(path, JSON.stringify(value));
  return parts.size === 0 ? '' : `#v=${LINK_VERSION}&${parts}`;
}

/**
 * Settings of a link.
 * @throws SettingsError whose message says what is wrong and what is accepted
 */
export function settingsOf(link: string): Settings {
  const text = link.replace(/^#/, '');
  if (text === '') return INITIAL_SETTINGS;
  if (text.length > LONGEST_LINK)
    throw new SettingsError(`This link is longer than the ${LONGEST_LINK} characters that settings may take.`);
  const parts = new Map(new URLSearchParams(text));
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const version = take('v');
  if (version !== String(LINK_VERSION))
    throw new SettingsError(
      `This link is of version ${JSON.stringify(version ?? 'none')}, but version ${LINK_VERSION} is accepted.`,
    );
  const room = take('room') ?? INITIAL_SETTINGS.room;
  const known = ROOMS.find((candidate) => candidate === room);
  if (known === undefined)
    throw new SettingsError(`This link asks for the room ${JSON.stringify(room)}; the rooms are ${ROOMS.join(', ')}.`);
  const preset = take('preset') ?? INITIAL_SETTINGS.preset;
  if (!isPresetName(preset))
    throw new SettingsError(
      `This link asks for the preset ${JSON.stringify(preset)}; the presets are ${PRESET_NAMES.join(', ')}.`,
    );
  const prompt = take('prompt') ?? null;
  if (prompt !== null && prompt.length > LONGEST_PROMPT)
    throw new SettingsError(`The prompt of this link is longer than ${LONGEST_PROMPT} characters.`);
  const problem = Number(take('problem') ?? INITIAL_SETTINGS.problem);
  if (!Number.isSafeInteger(problem) || problem < 0)
    throw new SettingsError('The problem of this link must be a whole number from 0 on.');
  try {
    const kept = Object.fromEntries(
      KEPT.map((name) => [name, readValue(take(name))]).filter(([, value]) => value !== undefined),
    );
    const config = changed(
      presetConfig(preset, kept),
      [...parts].map(([path, value]) => ({ path, value: readValue(value) })),
    );
    return { room: known, preset, config, prompt, problem };
  } catch (cause) {
    if (cause instanceof RunConfigError || cause instanceof SettingsError)
      throw new SettingsError(`This link is not accepted: ${cause.message}`);
    throw cause;
  }
}

function readValue(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
