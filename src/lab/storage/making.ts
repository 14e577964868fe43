// A new run that is written in many transactions: copied from another, or read from a file.
//
// Until it is whole it is marked as 'making' and not shown; what a tab leaves that dies meanwhile is swept away at the
// next visit.

import type { LaboratoryDatabase } from './database.ts';
import { readableStorageError } from './errors.ts';
import { claim } from './ownership.ts';
import type { RunLibrary } from './runLibrary.ts';
import { RunWriter } from './runWriter.ts';
import type { StoredRun } from './stored.ts';

/**
 * @param run as it is at first; its state does not matter
 * @param what opens the message when there is no room, e.g. 'The run could not be copied'
 * @param fill stores everything that belongs to the run, and returns it with the right sizes
 * @returns the run, claimed for the caller
 */
export async function makeRun(
  library: RunLibrary,
  run: StoredRun,
  what: string,
  fill: (database: LaboratoryDatabase) => Promise<StoredRun>,
): Promise<RunWriter> {
  const held = await claim(library.database.name, run.id, run.name);
  try {
    const database = await library.database.open();
    await database.add('runs', { ...run, state: 'making' }, run.id);
    const whole = await fill(database);
    await database.put('runs', { ...whole, state: 'paused' }, run.id);
    return new RunWriter(library.database, run.id, held);
  } catch (cause) {
    held.release();
    await library.sweep();
    const isCancelled = cause instanceof DOMException && cause.name === 'AbortError';
    throw isCancelled ? cause : readableStorageError(what, cause);
  }
}
