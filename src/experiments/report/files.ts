// The committed results as the report takes them: public/results/NAME.json, each the results of the preset NAME.

import { parseJsonAs } from '../../policy/strictJson.ts';
import { cellResultSchema } from '../cellResult.ts';
import { ExperimentError } from '../definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset } from '../presets.ts';
import { gather, missingCells, type Results, readExperiment, readResults, writeResults } from '../results.ts';
import type { ToldResults } from './tables.ts';

export { makeReport } from './report.ts';

export interface NamedFile {
  /** Path; names it in messages. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** The preset that an experiment is, by its name. @throws ExperimentError */
function presetOf({ experiment: { name } }: Pick<Results, 'experiment'>): string {
  const preset = EXPERIMENT_PRESET_NAMES.find((each) => experimentPreset(each).name === name);
  if (preset === undefined)
    throw new ExperimentError(`${name} is no preset: the report tells of ${EXPERIMENT_PRESET_NAMES.join(', ')}.`);
  return preset;
}

/** @throws ExperimentError, one sentence, for a file that holds no results of a preset */
export async function readTold(files: readonly NamedFile[]): Promise<ToldResults[]> {
  const told: ToldResults[] = [];
  for (const { label, bytes } of files) {
    const results = await readResults(bytes, label);
    const name = presetOf(results);
    if (!label.endsWith(`${name}.json`)) throw new ExperimentError(`${label} holds ${name} and must be named so.`);
    told.push({ name, results });
  }
  return told;
}

/**
 * Takes a folder of `headless experiment` into the results of its preset. A run that is there already stays.
 * @param told changes: holds the preset's results afterwards
 * @returns what the preset's file is to hold. @throws ExperimentError, JsonError
 */
export async function addFolder(
  told: ToldResults[],
  { definition, cells }: { readonly definition: NamedFile; readonly cells: readonly NamedFile[] },
): Promise<{ readonly name: string; readonly text: string; readonly note: string }> {
  const experiment = readExperiment(definition.bytes, definition.label);
  const name = presetOf({ experiment });
  const there = told.findIndex((each) => each.name === name);
  const read = cells.map(({ label, bytes }) => parseJsonAs(cellResultSchema, bytes, label));
  const results = await gather(experiment, [...(told[there]?.results.cells ?? []), ...read]);
  told.splice(there === -1 ? told.length : there, 1, { name, results });
  const missing = missingCells(results).length;
  const note = `${name}: ${results.cells.length} runs${missing === 0 ? '' : `, ${missing} are missing`}.`;
  return { name, text: writeResults(results), note };
}
