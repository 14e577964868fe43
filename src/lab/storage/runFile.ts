// A run as one file: a zip of the folder that docs/RECORDS.md describes, and beside it what only the page knows.

import * as v from 'valibot';

/** In the zip: what the page keeps of a run beyond its record. Other programs need not look at it. */
export const PAGE_FILE = 'page.json';
const VERSION = 1;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const pageSchema = v.strictObject({
  version: v.literal(VERSION),
  /** Milliseconds since 1970. */
  createdAt: whole,
  parent: v.nullable(v.strictObject({ id: v.string(), name: v.string(), step: whole })),
  /** Which checkpoints are marked, and why. */
  checkpoints: v.array(
    v.strictObject({
      step: whole,
      kind: v.picklist(['start', 'regular', 'pinned']),
      label: v.nullable(v.string()),
      createdAt: whole,
    }),
  ),
  /** Why steps are missing in rollouts.jsonl; null: none are. */
  thinned: v.nullable(v.string()),
});

export type PageNotes = Omit<v.InferOutput<typeof pageSchema>, 'version'>;

export const pageNotes = (notes: PageNotes): object => ({ version: VERSION, ...notes });
