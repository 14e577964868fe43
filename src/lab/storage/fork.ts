// A new run that begins as a copy of another one up to a kept checkpoint.
//
// A few steps at a time, so that a run that is being trained can store its own meanwhile. What is not finished is marked
// as 'making', and swept away at the next visit.

import { stepsOf } from './database.ts';
import { readableStorageError, StorageError } from './errors.ts';
import { SAVE, stepFolder } from './files.ts';
import { claim } from './ownership.ts';
import { cleanName, type RunLibrary } from './runLibrary.ts';
import { RunWriter } from './runWriter.ts';
import type { StoredRun } from './stored.ts';
import { transact } from './transaction.ts';

const STEPS_AT_ONCE = 16;
const STORES = ['runs', 'steps', 'rollouts', 'annotations', 'checkpoints', 'files'] as const;

export interface ForkOptions {
  /** null: the parent's name and the step. */
  readonly name: string | null;
  readonly signal?: AbortSignal;
  /** Share that is copied, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Copies a run up to the checkpoint of step `step`: rows, rollouts, live changes and checkpoints.
 * @returns the new run, claimed for the caller and standing at that checkpoint
 * @throws StorageError when there is no such checkpoint, or no room
 */
export async function forkRun(
  library: RunLibrary,
  parent: string,
  step: number,
  { name, signal, onProgress }: ForkOptions,
): Promise<RunWriter> {
  const from = await library.get(parent);
  const checkpoints = (await library.checkpoints(parent)).filter((checkpoint) => checkpoint.step <= step);
  const target = checkpoints.find((checkpoint) => checkpoint.step === step);
  if (target === undefined) throw new StorageError(`There is no checkpoint of step ${step}.`);
  const id = crypto.randomUUID();
  const now = Date.now();
  let run: StoredRun = {
    ...from,
    id,
    name: cleanName(name ?? `${from.name} from step ${step}`),
    createdAt: now,
    usedAt: now,
    state: 'making',
    step,
    next: 'collect',
    parent: { id: parent, name: from.name, step },
    continued: from.continued.filter((machine) => machine.step <= step),
    bytes: { metrics: 0, rollouts: 0, checkpoints: 0, save: target.bytes },
    thinnedSteps: 0,
  };
  const held = await claim(library.database.name, id, run.name);
  try {
    const database = await library.database.open();
    await database.add('runs', run, id);
    const parts = step + checkpoints.length;
    for (let at = 0; at < step; at += STEPS_AT_ONCE) {
      signal?.throwIfAborted();
      const end = Math.min(at + STEPS_AT_ONCE, step);
      run = await transact(database, STORES, 'readwrite', async (writing) => {
        let { metrics, rollouts } = run.bytes;
        let { thinnedSteps } = run;
        for (const stored of await writing.objectStore('steps').getAll(stepsOf(parent, at, end))) {
          const number = stored.row.step;
          const packed = await writing.objectStore('rollouts').get([parent, number]);
          const rolloutBytes = packed?.length ?? 0;
          await writing.objectStore('steps').add({ ...stored, rolloutBytes }, [id, number]);
          if (packed !== undefined) await writing.objectStore('rollouts').add(packed, [id, number]);
          metrics += stored.bytes;
          rollouts += rolloutBytes;
          if (packed === undefined) thinnedSteps++;
        }
        return { ...run, thinnedSteps, bytes: { ...run.bytes, metrics, rollouts } };
      });
      onProgress?.(end / parts);
    }
    for (const [i, checkpoint] of checkpoints.entries()) {
      signal?.throwIfAborted();
      await transact(database, STORES, 'readwrite', async (writing) => {
        const files = await writing.objectStore('files').get([parent, stepFolder(checkpoint.step)]);
        if (files === undefined) throw new StorageError(`The checkpoint of step ${checkpoint.step} was deleted.`);
        await writing.objectStore('files').add(files, [id, stepFolder(checkpoint.step)]);
        await writing.objectStore('checkpoints').add(checkpoint, [id, checkpoint.step]);
        if (checkpoint === target) await writing.objectStore('files').add(files, [id, SAVE]);
      });
      onProgress?.((step + i + 1) / parts);
    }
    const copied = checkpoints.reduce((sum, { bytes }) => sum + bytes, 0);
    await transact(database, STORES, 'readwrite', async (writing) => {
      const annotations = (await writing.objectStore('annotations').get(parent)) ?? [];
      await writing.objectStore('annotations').add(annotations.slice(0, target.annotations), id);
      const whole: StoredRun = { ...run, state: 'paused', bytes: { ...run.bytes, checkpoints: copied } };
      await writing.objectStore('runs').put(whole, id);
    });
    return new RunWriter(library.database, id, held);
  } catch (cause) {
    held.release();
    await library.sweep();
    throw signal?.aborted ? cause : readableStorageError('The run could not be copied', cause);
  }
}
