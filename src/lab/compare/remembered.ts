// What the browser keeps of the comparison between visits: which style each run has, and which runs are hidden.

import * as v from 'valibot';

/** Other pages may live on the same host. */
const KEY = 'multi-temperature-lab/compare';

const schema = v.object({
  styles: v.record(v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  hidden: v.array(v.string()),
});

export type Remembered = v.InferOutput<typeof schema>;

export function remembered(): Remembered {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    // A browser that keeps nothing, or keeps nonsense.
    return { styles: {}, hidden: [] };
  }
}

export function remember(what: Remembered): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // It holds for this visit.
  }
}
