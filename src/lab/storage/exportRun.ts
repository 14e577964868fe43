// Writes a stored run as one file. Loaded only when it is asked for: it brings the zip library.

import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { shortHash } from '../../grpo/runIdentity.ts';
import {
  ANNOTATIONS_FILE,
  CHECKPOINTS_FOLDER,
  LATEST_FILE,
  METRICS_FILE,
  ROLLOUTS_FILE,
  RUN_FILE,
} from '../../grpo/runLog.ts';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';
import { jsonBytes } from '../../policy/strictJson.ts';
import { stepFolder } from './files.ts';
import { unpackText } from './packed.ts';
import { PAGE_FILE, pageNotes } from './runFile.ts';
import type { RunLibrary } from './runLibrary.ts';
import type { StoredRun } from './stored.ts';
import { thinningSentence } from './thinning.ts';

configure({ useWebWorkers: false });

const VERSION = 1;
const ROWS_AT_ONCE = 500;

export interface TransferOptions {
  readonly signal?: AbortSignal;
  /** In [0, 1]. */
  readonly onProgress?: (done: number) => void;
}

export interface ExportedRun {
  readonly name: string;
  readonly file: Blob;
}

/**
 * The run as it was last saved: all rows and live changes, the rollouts that are still there, the save, and every
 * checkpoint that is kept for good.
 * @throws StorageError when the run is gone or cannot be read; AbortError
 */
export async function exportRun(
  library: RunLibrary,
  id: string,
  { signal, onProgress }: TransferOptions = {},
): Promise<ExportedRun> {
  const run = await library.get(id);
  const save = await library.save(id);
  const kept = (await library.checkpoints(id)).filter(({ kind, step }) => kind !== 'guard' && step <= save.step);
  const steps = (await library.rolloutSteps(id)).filter((step) => step < save.step);
  const parts = steps.length + kept.length + 1;
  let done = 0;
  const advance = () => {
    signal?.throwIfAborted();
    onProgress?.(++done / parts);
  };

  const zip = new ZipWriter(new BlobWriter('application/zip'), { ...(signal === undefined ? {} : { signal }) });
  const add = (name: string, bytes: Uint8Array, level?: number) =>
    zip.add(name, new Uint8ArrayReader(bytes), level === undefined ? {} : { level });
  const addFiles = async (folder: string, files: CheckpointFiles) => {
    // Weights are noise to a compressor.
    for (const [name, bytes] of files) await add(`${CHECKPOINTS_FOLDER}/${folder}/${name}`, bytes, 0);
  };
  await add(RUN_FILE, jsonBytes(header(run)));
  const metricsBytes = await addLines(zip, METRICS_FILE, metricsLines(library, id, save.step));
  await addLines(zip, ANNOTATIONS_FILE, lines([...(await library.annotations(id))]));
  const folder = save.next === 'collect' ? stepFolder(save.step) : `${stepFolder(save.step)}-${save.next}`;
  await addFiles(folder, save.files);
  advance();
  for (const { step } of kept) {
    if (stepFolder(step) !== folder) await addFiles(stepFolder(step), await library.checkpointFiles(id, step));
    advance();
  }
  const rolloutBytes = await addLines(zip, ROLLOUTS_FILE, rolloutLines(library, id, steps, advance));
  const bytes = { [METRICS_FILE]: metricsBytes, [ROLLOUTS_FILE]: rolloutBytes };
  await add(LATEST_FILE, jsonBytes({ version: VERSION, step: save.step, stage: save.next, folder, bytes }));
  const notes = pageNotes({
    createdAt: run.createdAt,
    parent: run.parent,
    checkpoints: kept.map(({ step, kind, label, createdAt }) => ({
      step,
      kind: kind === 'guard' ? 'regular' : kind,
      label,
      createdAt,
    })),
    thinned: thinningSentence(run.thinnedSteps, run.rolloutBudgetBytes),
  });
  await add(PAGE_FILE, jsonBytes(notes));
  const file = await zip.close();
  return { name: `${fileName(run.name)}-${shortHash(run.hash)}.zip`, file };
}

function header({ name, hash, identity, continued }: StoredRun): object {
  return { version: VERSION, name, hash, identity, rolloutsEvery: 1, continued };
}

function fileName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}.=+-]+/gu, '-').replace(/^[-.]+|-+$/g, '');
  return plain.slice(0, 80) || 'run';
}

async function* lines(values: readonly object[]): AsyncGenerator<string> {
  yield values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

async function* metricsLines(library: RunLibrary, id: string, steps: number): AsyncGenerator<string> {
  for (let from = 0; from < steps; from += ROWS_AT_ONCE)
    yield* lines(await library.rows(id, from, Math.min(from + ROWS_AT_ONCE, steps)));
}

async function* rolloutLines(
  library: RunLibrary,
  id: string,
  steps: readonly number[],
  advance: () => void,
): AsyncGenerator<string> {
  const database = await library.database.open();
  for (const step of steps) {
    const packed = await database.get('rollouts', [id, step]);
    // It may have been dropped since the steps were listed.
    if (packed !== undefined) yield await unpackText(packed);
    advance();
  }
}

/** @returns the bytes of the text */
async function addLines(zip: ZipWriter<Blob>, name: string, text: AsyncGenerator<string>): Promise<number> {
  const encoder = new TextEncoder();
  let bytes = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await text.next();
      if (next.done) {
        controller.close();
        return;
      }
      const chunk = encoder.encode(next.value);
      bytes += chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
    },
  });
  await zip.add(name, stream);
  return bytes;
}
