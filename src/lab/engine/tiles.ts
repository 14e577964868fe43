// The tuner's choices, kept in the browser: a device measures once, and gives the same bits each time.

import { get, set } from 'idb-keyval';
import type { Gpu } from '../../gpu/device.ts';
import { parseTileTable } from '../../gpu/tileTable.ts';
import { enableTuning } from '../../gpu/tuner.ts';

const KEY = 'tiles';
/** The page waits for this at a first visit. */
const BUDGET_MS = 1500;

/** Products on this GPU take the tiles that are fastest here, measured now or at an earlier visit. */
export async function tuneWithStorage(gpu: Gpu): Promise<void> {
  // A browser that keeps nothing only measures again.
  const table = parseTileTable(await get(KEY).catch(() => null));
  enableTuning(gpu, { table, budgetMs: BUDGET_MS, keep: (found) => void set(KEY, found).catch(() => {}) });
}
