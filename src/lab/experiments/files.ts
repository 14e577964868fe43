// Experiments as files: the results that the command line writes too, and what is opened.

import type { CellResult } from '../../experiments/cellResult.ts';
import type { Experiment } from '../../experiments/definition.ts';
import { type Results, readExperiment, readResults, writeResults } from '../../experiments/results.ts';
import { StorageError } from '../storage/errors.ts';
import type { SavedFile } from './calls.ts';

/** A hundred times what the largest preset leaves. */
const MOST_BYTES = 256 * 2 ** 20;

/** A name that every system takes for a file. */
export function fileName({ name }: Pick<Experiment, 'name'>): string {
  const plain = name.replace(/[^\p{L}\p{N}.=+-]+/gu, '-').replace(/^[-.]+|-+$/g, '');
  return plain.slice(0, 80) || 'experiment';
}

/** The results that are there, as one file. */
export function resultsFile(results: Results): SavedFile {
  const file = new Blob([writeResults(results)], { type: 'application/json' });
  return { name: `${fileName(results.experiment)}.results.json`, file };
}

/**
 * Reads results, or a definition without any.
 * @param name of the file, for messages
 * @throws ExperimentError, StorageError, one sentence
 */
export async function openExperimentFile(
  file: Blob,
  name: string,
): Promise<{ readonly definition: Experiment; readonly cells: readonly CellResult[] }> {
  if (file.size > MOST_BYTES)
    throw new StorageError(
      `${name} is too large for results of an experiment: at most ${MOST_BYTES / 2 ** 20} MiB are read.`,
    );
  const bytes = new Uint8Array(await file.arrayBuffer());
  // What has cells wants to be results, and is told what is wrong with it as such.
  if (!hasCells(bytes)) return { definition: readExperiment(bytes, name), cells: [] };
  const { experiment, cells } = await readResults(bytes, name);
  return { definition: experiment, cells };
}

function hasCells(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && 'cells' in value;
  } catch {
    return false;
  }
}
