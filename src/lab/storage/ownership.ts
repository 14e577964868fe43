// One tab at a time writes a run. A Web Lock says which: the browser frees it when the tab goes, however it goes, and
// does not put a tab to sleep that holds one.

import { StorageError } from './errors.ts';

/** A tab that is reloaded may hold its lock for a moment longer. */
const LONGEST_WAIT_MS = 1000;

export interface Claim {
  readonly release: () => void;
}

const lockName = (database: string, id: string) => `${database} run ${id}`;

/** The lock, or null when another tab or worker keeps it. */
export async function tryClaim(database: string, id: string): Promise<Claim | null> {
  const waiting = AbortSignal.timeout(LONGEST_WAIT_MS);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        lockName(database, id),
        { signal: waiting },
        () => new Promise<void>((release) => resolve({ release: () => release() })),
      )
      .catch((cause: unknown) => (waiting.aborted ? resolve(null) : reject(cause)));
  });
}

/** @throws StorageError when another tab has it */
export async function claim(database: string, id: string, name: string): Promise<Claim> {
  const claimed = await tryClaim(database, id);
  if (claimed === null)
    throw new StorageError(
      `The run ${JSON.stringify(name)} is open in another tab: pause and close it there to go on here.`,
    );
  return claimed;
}

/** Ids of the runs that some tab has claimed. */
export async function claimedRuns(database: string): Promise<Set<string>> {
  const prefix = lockName(database, '');
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name = '' }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}
