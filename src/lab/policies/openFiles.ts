// Opens what was picked or dropped. Loaded only when it is asked for: it brings the zip library.

import { BlobReader, BlobWriter, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { BASE_FILE, CARD_FILE } from '../../grpo/baseRecord.ts';
import { RUN_FILE } from '../../grpo/runLog.ts';
import {
  CheckpointError,
  CONFIG_FILE,
  GENERATION_FILE,
  shardNames,
  TOKENIZER_CONFIG_FILE,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
  WEIGHTS_INDEX_FILE,
} from '../../policy/checkpoint.ts';
import { Archive } from '../storage/archive.ts';
import { StorageError } from '../storage/errors.ts';
import type { TransferOptions } from '../storage/exportRun.ts';
import { importRun } from '../storage/importRun.ts';
import type { PolicyLibrary } from '../storage/policyLibrary.ts';
import type { RunLibrary } from '../storage/runLibrary.ts';
import { acceptPolicy } from './accept.ts';
import type { Opened, PickedFile } from './calls.ts';

/** A browser's memory is the limit; the policies of this page have a few hundred kilobytes. */
const MOST_BYTES = 512 * 2 ** 20;
/** What is read of a folder, with the shards that an index names; the rest is left alone. */
const WANTED = [
  CONFIG_FILE,
  WEIGHTS_INDEX_FILE,
  GENERATION_FILE,
  TOKENIZER_FILE,
  TOKENIZER_CONFIG_FILE,
  BASE_FILE,
  CARD_FILE,
];

export interface OpenParts {
  readonly runs: RunLibrary;
  readonly policies: PolicyLibrary;
}

/** @throws StorageError, one sentence; nothing is stored then */
export async function openFiles(
  { runs, policies }: OpenParts,
  files: readonly PickedFile[],
  task: string,
  options: TransferOptions,
): Promise<Opened> {
  if (files.length === 0) throw new StorageError('No file was chosen.');
  const [first] = files;
  const isArchive = files.length === 1 && first!.path.toLowerCase().endsWith('.zip');
  if (isArchive && (await holds(first!.file, RUN_FILE, options.signal)))
    return { kind: 'run', run: await importRun(runs, first!.file, options) };
  const run = isArchive ? null : await runFolder(files, options.signal);
  if (run !== null) return { kind: 'run', run: await importRun(runs, run, options) };
  const name = isArchive ? nameOf(first!.path) : folderOf(first!.path);
  const content = await checkpointFiles(isArchive ? await zipped(first!.file, options.signal) : folder(files));
  options.onProgress?.(0.5);
  return { kind: 'policy', policy: await policies.add(acceptPolicy(content, task, name)) };
}

/**
 * A folder of `headless train` as the zip file that an import reads; null: there is no run in it.
 * @throws StorageError when there are several runs
 */
async function runFolder(files: readonly PickedFile[], signal: AbortSignal | undefined): Promise<Blob | null> {
  const roots = files
    .filter(({ path }) => baseName(path) === RUN_FILE)
    .map(({ path }) => path.slice(0, -RUN_FILE.length));
  const [root] = roots;
  if (root === undefined) return null;
  if (roots.length > 1)
    throw new StorageError(`The folder holds ${roots.length} runs: open the folder of one of them.`);
  // Not compressed: it is unpacked at once.
  const zip = new ZipWriter(new BlobWriter('application/zip'), { level: 0, ...(signal && { signal }) });
  for (const { path, file } of files)
    if (path.startsWith(root)) await zip.add(path.slice(root.length), new BlobReader(file));
  return zip.close();
}

/** Whether a zip file has such a file. @throws StorageError when it is no zip file */
async function holds(file: Blob, marker: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await Archive.open(file, marker, signal);
    return true;
  } catch (cause) {
    if (cause instanceof StorageError && cause.message.endsWith(`has no ${marker}.`)) return false;
    throw cause;
  }
}

/** One file of what was opened; null when it is not there. */
type Read = (name: string) => Promise<Uint8Array | null>;

async function zipped(file: Blob, signal: AbortSignal | undefined): Promise<Read> {
  if (!(await holds(file, CONFIG_FILE, signal)))
    throw new StorageError(
      `The file holds neither a run (it has no ${RUN_FILE}) nor a policy (it has no ${CONFIG_FILE}).`,
    );
  const archive = await Archive.open(file, CONFIG_FILE, signal);
  return (name) => archive.read(name);
}

/** The files beside config.json. */
function folder(files: readonly PickedFile[]): Read {
  const config = files.find(({ path }) => baseName(path) === CONFIG_FILE)?.path ?? '';
  const root = config.slice(0, -CONFIG_FILE.length);
  return async (name) => {
    const file = files.find(({ path }) => path === `${root}${name}`)?.file;
    if (file === undefined) return null;
    if (file.size > MOST_BYTES)
      throw new StorageError(`${name} is too large: at most ${MOST_BYTES / 2 ** 20} MiB are read.`);
    return new Uint8Array(await file.arrayBuffer());
  };
}

/** @throws StorageError */
async function checkpointFiles(read: Read): Promise<Map<string, Uint8Array>> {
  const content = new Map<string, Uint8Array>();
  const take = async (name: string) => {
    const bytes = await read(name);
    if (bytes !== null) content.set(name, bytes);
  };
  for (const name of WANTED) await take(name);
  await take(WEIGHTS_FILE);
  const index = content.get(WEIGHTS_INDEX_FILE);
  if (index === undefined || content.has(WEIGHTS_FILE)) return content;
  try {
    for (const shard of shardNames(index)) await take(shard);
  } catch (cause) {
    throw cause instanceof CheckpointError ? new StorageError(cause.message) : cause;
  }
  return content;
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const nameOf = (path: string) => baseName(path).replace(/\.zip$/i, '');
const folderOf = (path: string) => (path.includes('/') ? baseName(path.slice(0, path.lastIndexOf('/'))) : '');
