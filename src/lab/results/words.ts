// What the page says of an experiment, in words.

import { cellsOf, type Experiment, placesOf, pointsOf } from '../../experiments/definition.ts';
import type { Measure } from '../../experiments/measures.ts';
import { numberText, signedText } from '../../experiments/report/numbers.ts';
import type { SeedInterval } from '../../experiments/seedStatistics.ts';
import { differences } from '../../grpo/runIdentity.ts';
import { helpFor } from '../help.ts';
import { valueText } from '../settings/places.ts';

export const count = (number: number, noun: string, plural = `${noun}s`) => `${number} ${number === 1 ? noun : plural}`;

/** `25 runs: 5 arms × 5 seeds, 200 training steps each`. */
export function sizeText(experiment: Experiment): string {
  const { arms, seeds, steps } = experiment;
  const places = placesOf(experiment).length;
  const parts = [
    count(arms.length, 'arm'),
    ...(places > 1 ? [`${places} places of the sweep`] : []),
    count(seeds.length, 'seed'),
  ];
  const work = steps === 0 ? 'no training' : `${count(steps, 'training step')} each`;
  return `${count(cellsOf(experiment).length, 'run')}: ${parts.join(' × ')}, ${work}`;
}

/** What is changed at a place of a config: `T_high 1.2`. */
export function fieldText(field: string, value: unknown): string {
  return `${fieldName(field)} ${fieldValue(field, value)}`;
}

/** A field as controls call it; by its path where they do not know it. */
export function fieldName(field: string): string {
  try {
    return helpFor(field).label;
  } catch {
    return field;
  }
}

export function fieldValue(field: string, value: unknown): string {
  try {
    return valueText(field, value);
  } catch {
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

/** A field in which points of an experiment differ, with what stands there in each. */
export interface DifferingField {
  readonly field: string;
  /** By point; undefined: it has no such field. */
  readonly values: readonly unknown[];
}

/** Every field in which arms differ, at the first place of the sweep. */
export function differingFields(experiment: Experiment): {
  readonly arms: readonly string[];
  readonly fields: readonly DifferingField[];
} {
  const first = experiment.sweep.length === 0 ? [] : placesOf(experiment)[0]!;
  const points = pointsOf(experiment).filter(({ at }) => at.every((value, i) => value === first[i]));
  const whole = points.map(({ config, start }) => ({ ...config, start }));
  const fields = new Set(whole.flatMap((one) => differences(whole[0], one).map(({ field }) => field)));
  // A group of fields in one arm and none of them in another are told as its fields.
  const leaves = [...fields].filter((field) => ![...fields].some((other) => other.startsWith(`${field}.`)));
  return {
    arms: points.map(({ arm }) => arm),
    fields: leaves.map((field) => ({ field, values: whole.map((one) => at(one, field)) })),
  };
}

function at(config: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[name], config);
}

/** A number with its unit. */
export function measured(value: number, unit: Measure['unit']): string {
  return `${numberText(value)}${unit === null ? '' : ` ${unit}`}`;
}

/** `0.1234 to 0.2345`; `one seed` where there are no ends. */
export function endsText({ low, high }: SeedInterval, isDifference = false): string {
  const text = isDifference ? signedText : numberText;
  return low === null || high === null ? 'one seed' : `${text(low)} to ${text(high)}`;
}

const BANDS = { interval: '95 % interval', range: 'range of seeds' } as const;

/** What the ends of some bands are: `95 % interval`, or `range of seeds` where there are too few for one. */
export function endsName(intervals: readonly (SeedInterval | null)[]): string {
  const kinds = new Set(intervals.flatMap((one) => one?.band ?? []));
  return kinds.size === 2 ? `${BANDS.interval} or ${BANDS.range}` : BANDS[[...kinds][0] ?? 'interval'];
}

/** A name as part of a file's name. */
export function fileNameOf(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'experiment'
  );
}

/** Fields that an arm sets: `T_high 1.2, G, rollouts 16`. */
export function fieldsText(set: Readonly<Record<string, unknown>>): string {
  return differences({}, set)
    .flatMap(({ field, right }) => leavesOf(field, right))
    .map(({ field, value }) => fieldText(field, value))
    .join(', ');
}

function leavesOf(field: string, value: unknown): { readonly field: string; readonly value: unknown }[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(`${field}.${name}`, inner))
    : [{ field, value }];
}
