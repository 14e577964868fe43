// One sentence and a source for every field of a run's config. The test walks the schema: a field without help fails it.

import type { HelpEntry } from './help/entry.ts';
import { objectiveHelp } from './help/objective.ts';
import { runHelp } from './help/run.ts';
import { samplerHelp } from './help/sampler.ts';

/** By path in the config; the three schedules share 'schedules.*'. */
export const HELP = { ...runHelp, ...samplerHelp, ...objectiveHelp } as const;

export type HelpPath = keyof typeof HELP;

/**
 * What to say of a place in the config.
 * @param path such as 'sampler.temperature.high' or 'schedules.low.from'
 * @throws RangeError for a path that is no field
 */
export function helpFor(path: string): HelpEntry {
  const key = path.replace(/^schedules\.\w+/, 'schedules.*');
  const entry = (HELP as Readonly<Record<string, HelpEntry>>)[key];
  if (entry === undefined) throw new RangeError(`There is no help for ${path}.`);
  return entry;
}

/** The source of an entry as a reader sees it. */
export function sourceText({ source, isOurs }: HelpEntry): string {
  const named = source.replace(/\b(\d{4}\.\d{5})\b/g, 'arXiv $1');
  if (source === 'ours') return 'Ours.';
  return `${isOurs === true && !source.startsWith('ours') ? `${named}; the default is ours` : named}.`;
}
