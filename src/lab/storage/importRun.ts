// Reads a run from a file: one that this page wrote, or a zipped folder of `headless train`.
//
// Everything is checked before it counts: the identity against its hash, the starting weights against the identity, each
// checkpoint, and each line of the logs up to where the last save says they end. The run is shown only when it is whole.
// Loaded only when it is asked for: it brings the zip library.

import * as v from 'valibot';
import { annotationSchema } from '../../grpo/liveChange.ts';
import { parseRolloutRecord, RolloutRecordError, rolloutRecordLine } from '../../grpo/rolloutRecord.ts';
import { RunConfigError } from '../../grpo/runConfig.ts';
import { runHash, weightsHash } from '../../grpo/runIdentity.ts';
import {
  ANNOTATIONS_FILE,
  CHECKPOINTS_FOLDER,
  METRICS_FILE,
  ROLLOUTS_FILE,
  RUN_FILE,
  RunLogError,
  type RunStore,
  readRun,
} from '../../grpo/runLog.ts';
import { ResumeError, readSavedRun, type SavedRun } from '../../grpo/savedRun.ts';
import type { MetricsRow } from '../../grpo/stages.ts';
import {
  CheckpointError,
  type CheckpointFiles,
  type LoadedCheckpoint,
  readCheckpoint,
} from '../../policy/checkpoint.ts';
import { JsonError, oneLine, parseJsonAs } from '../../policy/strictJson.ts';
import { Archive, type ArchiveLimits } from './archive.ts';
import type { LaboratoryDatabase } from './database.ts';
import { StorageError } from './errors.ts';
import type { TransferOptions } from './exportRun.ts';
import { fileBytes, ownBytes, SAVE, stepFolder } from './files.ts';
import { makeRun } from './making.ts';
import { packText } from './packed.ts';
import { PAGE_FILE, type PageNotes, pageSchema } from './runFile.ts';
import { emptyRun, type RunLibrary } from './runLibrary.ts';
import type { StoredRun } from './stored.ts';
import { transact } from './transaction.ts';

const ROWS_AT_ONCE = 200;

const rowSchema = v.objectWithRest(
  { step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) },
  v.nullable(v.pipe(v.number(), v.finite())),
);

export interface ImportOptions extends TransferOptions {
  readonly limits?: ArchiveLimits;
}

/**
 * Stores the run of a file under a new id.
 * @returns the id
 * @throws StorageError, one sentence that names the part of the file; nothing is stored then
 */
export async function importRun(library: RunLibrary, file: Blob, options: ImportOptions = {}): Promise<string> {
  const { signal, onProgress, limits } = options;
  const archive = await Archive.open(file, RUN_FILE, signal, limits);
  const logged = await readable(() => readRun(storeOf(archive)));
  const { header, step, stage, checkpoint, start } = logged;
  const { identity } = header;
  if ((await runHash(identity)) !== header.hash)
    throw new StorageError(`${RUN_FILE}: the hash is not that of its identity, so one of the two was changed.`);
  if ((await weightsHash(start.config, start.parameters)) !== identity.weights)
    throw new StorageError(`${CHECKPOINTS_FOLDER}/${stepFolder(0)}: these are not the weights that ${RUN_FILE} names.`);
  const saved = await readable(() => savedRunOf(checkpoint, header.identity));
  if (saved.step !== step || saved.next !== stage)
    throw new StorageError(
      'The last save stands at another step than latest.json says, so one of the two was changed.',
    );
  await checkAnnotations(archive);
  const notes = await readNotes(archive);
  const ends = await lastBytes(archive);
  const folder = stage === 'collect' ? stepFolder(step) : `${stepFolder(step)}-${stage}`;

  const empty = await emptyRun(crypto.randomUUID(), { name: header.name, identity });
  const run: StoredRun = {
    ...empty,
    continued: header.continued,
    createdAt: notes?.createdAt ?? empty.createdAt,
    parent: notes?.parent ?? null,
    step,
    next: stage,
  };
  const writer = await makeRun(library, run, 'The run could not be stored', async (database) => {
    const { id } = run;
    const save = ownBytes(await folderOf(archive, folder));
    await database.put('files', save, [id, SAVE]);
    await database.put('annotations', saved.annotations, id);
    const reading = { archive, database, run, ends, signal, onProgress };
    const checkpoints = await storeCheckpoints(reading, notes);
    const metrics = await storeRows(reading);
    const rollouts = await storeRollouts(reading);
    return {
      ...run,
      bytes: { metrics, rollouts: rollouts.bytes, checkpoints, save: fileBytes(save) },
      thinnedSteps: step - rollouts.steps,
    };
  });
  await writer.close();
  return run.id;
}

interface Reading {
  readonly archive: Archive;
  readonly database: LaboratoryDatabase;
  readonly run: StoredRun;
  /** Where the logs ended when the run was last saved, bytes. */
  readonly ends: Readonly<Record<string, number>>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number) => void) | undefined;
}

/** Runs `read`; what it finds wrong with the file becomes a StorageError with the same sentence. */
async function readable<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const known = [RunLogError, RunConfigError, CheckpointError, ResumeError, RolloutRecordError, JsonError];
    throw known.some((kind) => cause instanceof kind) ? new StorageError(oneLine((cause as Error).message)) : cause;
  }
}

/** The archive as what readRun reads. */
function storeOf(archive: Archive): RunStore {
  const refuse = () => Promise.reject(new StorageError('A file that is being read cannot be written.'));
  return {
    read: (name) => archive.read(name),
    length: async (name) => archive.length(name),
    list: async (folder) => archive.list(folder),
    append: refuse,
    truncate: refuse,
    put: refuse,
    removeFolder: refuse,
  };
}

function savedRunOf({ trainer }: LoadedCheckpoint, { config, source }: StoredRun['identity']): SavedRun {
  if (trainer === null)
    throw new StorageError('A checkpoint has no trainer.safetensors, so nothing can go on from it.');
  return readSavedRun(trainer.extra, config, source);
}

async function folderOf(archive: Archive, folder: string): Promise<CheckpointFiles> {
  const files = new Map<string, Uint8Array>();
  for (const name of archive.list(`${CHECKPOINTS_FOLDER}/${folder}`)) {
    const bytes = await archive.read(`${CHECKPOINTS_FOLDER}/${folder}/${name}`);
    if (bytes !== null) files.set(name, bytes);
  }
  return files;
}

async function readNotes(archive: Archive): Promise<PageNotes | null> {
  const bytes = await archive.read(PAGE_FILE);
  return bytes === null ? null : await readable(() => parseJsonAs(pageSchema, bytes, PAGE_FILE));
}

/** latest.json was checked by readRun. */
async function lastBytes(archive: Archive): Promise<Readonly<Record<string, number>>> {
  const schema = v.object({ bytes: v.record(v.string(), v.number()) });
  return parseJsonAs(schema, (await archive.read('latest.json'))!, 'latest.json').bytes;
}

async function checkAnnotations(archive: Archive): Promise<void> {
  let line = 0;
  for await (const { text } of archive.lines(ANNOTATIONS_FILE)) {
    line++;
    await readable(() => parseJsonAs(annotationSchema, new TextEncoder().encode(text), place(ANNOTATIONS_FILE, line)));
  }
}

const place = (file: string, line: number) => `${file} line ${line}`;

/** @returns bytes stored */
async function storeCheckpoints(reading: Reading, notes: PageNotes | null): Promise<number> {
  const { archive, database, run, signal } = reading;
  let total = 0;
  for (const folder of archive.list(CHECKPOINTS_FOLDER)) {
    const step = Number(/^step-(\d+)$/.exec(folder)?.[1] ?? Number.NaN);
    const { checkpointEvery } = run.identity.config;
    const note = notes?.checkpoints.find((marked) => marked.step === step);
    const isKept = note !== undefined || step === 0 || (checkpointEvery > 0 && step % checkpointEvery === 0);
    if (Number.isNaN(step) || step > run.step || !isKept) continue;
    signal?.throwIfAborted();
    const files = ownBytes(await folderOf(archive, folder));
    const { annotations } = await readable(() => savedRunOf(readCheckpoint(files), run.identity)).catch((cause) => {
      throw cause instanceof StorageError
        ? new StorageError(`${CHECKPOINTS_FOLDER}/${folder}: ${cause.message}`)
        : cause;
    });
    const bytes = fileBytes(files);
    total += bytes;
    const kind = note?.kind ?? (step === 0 ? 'start' : 'regular');
    const checkpoint = {
      step,
      kind,
      label: note?.label ?? null,
      createdAt: note?.createdAt ?? run.createdAt,
      bytes,
      annotations: annotations.length,
    };
    await transact(database, ['files', 'checkpoints'], 'readwrite', async (writing) => {
      await writing.objectStore('files').add(files, [run.id, folder]);
      await writing.objectStore('checkpoints').add(checkpoint, [run.id, step]);
    });
  }
  return total;
}

/** @returns bytes stored */
async function storeRows({ archive, database, run, ends, signal }: Reading): Promise<number> {
  let rows: MetricsRow[] = [];
  let step = 0;
  let total = 0;
  const store = () =>
    transact(database, ['steps'], 'readwrite', async (writing) => {
      for (const row of rows) {
        const bytes = JSON.stringify(row).length + 1;
        total += bytes;
        await writing.objectStore('steps').add({ row, bytes, rolloutBytes: 0 }, [run.id, row.step]);
      }
      rows = [];
    });
  for await (const { text, end } of archive.lines(METRICS_FILE)) {
    if (end > ends[METRICS_FILE]!) break;
    signal?.throwIfAborted();
    const where = place(METRICS_FILE, step + 1);
    const row = await readable(() => parseJsonAs(rowSchema, new TextEncoder().encode(text), where));
    if (row.step !== step) throw new StorageError(`${where}: it is step ${row.step}, but step ${step} is expected.`);
    rows.push(row);
    step++;
    if (rows.length === ROWS_AT_ONCE) await store();
  }
  await store();
  if (step !== run.step)
    throw new StorageError(`${METRICS_FILE} has ${step} steps, but the run was saved after ${run.step}.`);
  return total;
}

async function storeRollouts(reading: Reading): Promise<{ readonly bytes: number; readonly steps: number }> {
  const { archive, database, run, ends, signal, onProgress } = reading;
  let stored = { bytes: 0, steps: 0 };
  let step = -1;
  let texts: string[] = [];
  const store = async () => {
    if (texts.length === 0) return;
    const packed = await packText(texts.join(''));
    await transact(database, ['steps', 'rollouts'], 'readwrite', async (writing) => {
      const entry = (await writing.objectStore('steps').get([run.id, step]))!;
      await writing.objectStore('steps').put({ ...entry, rolloutBytes: packed.length }, [run.id, step]);
      await writing.objectStore('rollouts').add(packed, [run.id, step]);
    });
    stored = { bytes: stored.bytes + packed.length, steps: stored.steps + 1 };
    texts = [];
    onProgress?.((step + 1) / run.step);
  };
  let line = 0;
  for await (const { text, end } of archive.lines(ROLLOUTS_FILE)) {
    if (end > ends[ROLLOUTS_FILE]!) break;
    signal?.throwIfAborted();
    const where = place(ROLLOUTS_FILE, ++line);
    const record = await readable(() => parseRolloutRecord(text, where));
    if (record.task !== run.identity.config.task)
      throw new StorageError(
        `${where}: it is of the task ${oneLine(record.task)}, but the run is of ${run.identity.config.task}.`,
      );
    if (record.step === null || record.step < step || record.step >= run.step)
      throw new StorageError(`${where}: step ${record.step} cannot stand here.`);
    if (record.step !== step) {
      await store();
      step = record.step;
    }
    texts.push(`${rolloutRecordLine(record)}\n`);
  }
  await store();
  return stored;
}
