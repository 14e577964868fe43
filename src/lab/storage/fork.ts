// A new run that begins as a copy of another one up to a kept checkpoint.
//
// A few steps at a time, so that a run that is being trained can store its own meanwhile.

import { type LaboratoryDatabase, stepsOf } from './database.ts';
import { StorageError } from './errors.ts';
import { SAVE, stepFolder } from './files.ts';
import { makeRun } from './making.ts';
import { cleanName, type RunLibrary } from './runLibrary.ts';
import type { RunWriter } from './runWriter.ts';
import type { StoredCheckpoint, StoredRun } from './stored.ts';
import { transact } from './transaction.ts';

const STEPS_AT_ONCE = 16;

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
  const run: StoredRun = {
    ...from,
    id,
    name: cleanName(name ?? `${from.name} from step ${step}`),
    createdAt: now,
    usedAt: now,
    step,
    next: 'collect',
    parent: { id: parent, name: from.name, step },
    continued: from.continued.filter((machine) => machine.step <= step),
    bytes: { metrics: 0, rollouts: 0, checkpoints: 0, save: target.bytes },
    thinnedSteps: 0,
  };
  return makeRun(library, run, 'The run could not be copied', async (database) => {
    const parts = step + checkpoints.length;
    let copy = run;
    for (let at = 0; at < step; at += STEPS_AT_ONCE) {
      signal?.throwIfAborted();
      const end = Math.min(at + STEPS_AT_ONCE, step);
      copy = await copySteps(database, parent, copy, at, end);
      onProgress?.(end / parts);
    }
    for (const [i, checkpoint] of checkpoints.entries()) {
      signal?.throwIfAborted();
      copy = await copyCheckpoint(database, parent, copy, checkpoint);
      onProgress?.((step + i + 1) / parts);
    }
    const annotations = await library.annotations(parent);
    await database.add('annotations', annotations.slice(0, target.annotations), id);
    return copy;
  });
}

function copySteps(
  database: LaboratoryDatabase,
  parent: string,
  copy: StoredRun,
  from: number,
  to: number,
): Promise<StoredRun> {
  return transact(database, ['steps', 'rollouts'], 'readwrite', async (writing) => {
    let { metrics, rollouts } = copy.bytes;
    let { thinnedSteps } = copy;
    for (const stored of await writing.objectStore('steps').getAll(stepsOf(parent, from, to))) {
      const { step } = stored.row;
      const packed = await writing.objectStore('rollouts').get([parent, step]);
      const rolloutBytes = packed?.length ?? 0;
      await writing.objectStore('steps').add({ ...stored, rolloutBytes }, [copy.id, step]);
      if (packed === undefined) thinnedSteps++;
      else await writing.objectStore('rollouts').add(packed, [copy.id, step]);
      metrics += stored.bytes;
      rollouts += rolloutBytes;
    }
    return { ...copy, thinnedSteps, bytes: { ...copy.bytes, metrics, rollouts } };
  });
}

function copyCheckpoint(
  database: LaboratoryDatabase,
  parent: string,
  copy: StoredRun,
  checkpoint: StoredCheckpoint,
): Promise<StoredRun> {
  const { step, bytes } = checkpoint;
  return transact(database, ['files', 'checkpoints'], 'readwrite', async (writing) => {
    const files = await writing.objectStore('files').get([parent, stepFolder(step)]);
    if (files === undefined) throw new StorageError(`The checkpoint of step ${step} was deleted.`);
    await writing.objectStore('files').add(files, [copy.id, stepFolder(step)]);
    await writing.objectStore('checkpoints').add(checkpoint, [copy.id, step]);
    if (step === copy.step) await writing.objectStore('files').add(files, [copy.id, SAVE]);
    return { ...copy, bytes: { ...copy.bytes, checkpoints: copy.bytes.checkpoints + bytes } };
  });
}
