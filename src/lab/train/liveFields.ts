// The sliders that act on a run as it goes: which there are for its rules, where each stands, and what it changes.

import { changedConfig } from '../../grpo/liveChange.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { LiveChange } from '../../grpo/stages.ts';
import { HELP, type HelpPath, helpFor } from '../help.ts';
import { valueText } from '../settings/places.ts';
import { type Difference, differences } from '../settings/settings.ts';

export interface LiveField {
  readonly name: keyof LiveChange;
  /** Place in the config that it changes, which has its help too. */
  readonly path: HelpPath;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly scale: 'linear' | 'log';
  readonly tone?: 'hot' | 'cold';
}

const TEMPERATURE = { min: 0.05, max: 3, step: 0.05, scale: 'linear' } as const;
const SHARE = { min: 0, max: 1, step: 0.01, scale: 'linear' } as const;

const HIGH = { name: 'high', path: 'sampler.temperature.high', ...TEMPERATURE, tone: 'hot' } as const;
const LOW = { name: 'low', path: 'sampler.temperature.low', ...TEMPERATURE, tone: 'cold' } as const;
const COLD_SHARE = { name: 'threshold', path: 'sampler.threshold.coldFraction', ...SHARE } as const;

const TEMPERATURES: Readonly<Record<RunConfig['sampler']['temperature']['rule'], readonly LiveField[]>> = {
  binary: [HIGH, LOW],
  rank: [HIGH, LOW],
  fixed: [{ name: 'tau', path: 'sampler.temperature.tau', ...TEMPERATURE }],
  edt: [{ name: 'tau', path: 'sampler.temperature.base', ...TEMPERATURE }],
};
const THRESHOLDS: Readonly<Record<RunConfig['sampler']['threshold']['rule'], LiveField>> = {
  quantile: COLD_SHARE,
  floored: COLD_SHARE,
  'top-p': { name: 'threshold', path: 'sampler.threshold.hotFraction', ...SHARE },
  absolute: { name: 'threshold', path: 'sampler.threshold.nats', min: 0, max: 5, step: 0.01, scale: 'linear' },
};
const QUEUE: LiveField = {
  name: 'queueCapacity',
  path: 'sampler.queue.capacity',
  min: 1,
  max: 100_000,
  step: 1,
  scale: 'log',
};
const RATE: LiveField = {
  name: 'learningRate',
  path: 'optimizer.learningRate',
  min: 1e-6,
  max: 1e-2,
  step: 1e-6,
  scale: 'log',
};

/** The sliders that a config has a use for. */
export function liveFields({ sampler }: RunConfig): readonly LiveField[] {
  return [...TEMPERATURES[sampler.temperature.rule], THRESHOLDS[sampler.threshold.rule], QUEUE, RATE];
}

/** Where a slider stands. */
export function liveValue(config: RunConfig, { path }: LiveField): number {
  let at: unknown = config;
  for (const key of path.split('.')) at = (at as Readonly<Record<string, unknown>>)[key];
  return at as number;
}

export interface Edits {
  /** What of the settings' edits a run can take as it goes; null: nothing. */
  readonly live: LiveChange | null;
  /** What needs a new run. */
  readonly restart: readonly Difference[];
}

/** How the settings differ from what a run uses, and what of that it can take without a new run. */
export function editsOf(settings: RunConfig, applied: RunConfig): Edits {
  const fields = liveFields(applied);
  const all = differences(applied, settings);
  const isLive = ({ path }: Difference) => fields.some((field) => field.path === path);
  const change = Object.fromEntries(
    fields
      .filter(({ path }) => all.some((difference) => difference.path === path))
      .map((field) => [field.name, liveValue(settings, field)]),
  ) as LiveChange;
  const isEmpty = Object.keys(change).length === 0;
  // A temperature that is changed by hand loses its schedule, which is then no difference that is left.
  const after = isEmpty ? applied : changedConfig(applied, change);
  return { live: isEmpty ? null : change, restart: differences(after, settings).filter((one) => !isLive(one)) };
}

/** A difference in words: what is set, and to what where that is short. */
export function differenceText({ path, value }: Difference): string {
  const isKnown = (place: string) => place.replace(/^schedules\.\w+/, 'schedules.*') in HELP;
  if (typeof value !== 'object' || value === null)
    return isKnown(path) ? `${helpFor(path).label} ${valueText(path, value)}` : path;
  // A rule, a schedule or an objective as a whole is told by its kind.
  const kind = ['rule', 'kind', 'variant'].find((name) => name in value && isKnown(`${path}.${name}`));
  if (kind !== undefined) {
    const place = `${path}.${kind}`;
    return `${helpFor(place).label} ${valueText(place, (value as Readonly<Record<string, unknown>>)[kind])}`;
  }
  return isKnown(path) ? helpFor(path).label : path;
}
