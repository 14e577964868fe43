// What follows from the cells that are stored of an experiment on a language model: findings, single cells, files. It takes
// seconds where there are millions of tokens, so the room has it done by a worker of its own.

import type { ModelCellResult } from '../../../experiments/model/cellResult.ts';
import type { Service } from '../../call.ts';
import type { ModelReadingCalls } from './calls.ts';
import { type ModelExperimentLibrary, placeOf } from './library.ts';

/** Cells that are read from the storage at a time. */
const READ_TOGETHER = 64;

export function readModelExperiments(library: ModelExperimentLibrary): Service<ModelReadingCalls> {
  /** Of the one that was last analysed: cells never change, so only new ones are read. */
  let read: { readonly id: string; readonly cells: Map<number, ModelCellResult> } | null = null;

  /** All that are there, in the order in which they were drawn. */
  const cellsOf = async (id: string): Promise<ModelCellResult[]> => {
    if (read?.id !== id) read = { id, cells: new Map() };
    const { cells } = read;
    const { experiment } = await library.get(id);
    const missing = (await library.places(id)).filter((place) => !cells.has(place));
    for (let at = 0; at < missing.length; at += READ_TOGETHER) {
      const last = missing[Math.min(at + READ_TOGETHER, missing.length) - 1]!;
      for (const cell of await library.cells(id, missing[at], last))
        cells.set(placeOf(experiment, cell), { ...cell, queues: [] });
    }
    return [...cells].sort(([a], [b]) => a - b).map(([, cell]) => cell);
  };

  return {
    'model-experiment/findings': async ({ id }) => {
      const { experiment } = await library.get(id);
      const { analyseModelExperiment } = await import('../../../experiments/model/analyse.ts');
      return analyseModelExperiment(experiment, await cellsOf(id));
    },
    'model-experiment/cell': async ({ id, cell: wanted }) => {
      const { experiment } = await library.get(id);
      const place = placeOf(experiment, wanted);
      const [cell] = await library.cells(id, place, place);
      if (cell === undefined) return null;
      const { cellRecords } = await import('../../../experiments/model/records.ts');
      return {
        records: cellRecords(experiment, { ...cell, queues: [] }),
        pieces: new Map(cell.pieces),
        extracted: cell.verdicts.map(({ extracted }) => extracted),
      };
    },
    'model-experiment/save': async ({ id, what }) => {
      const { experiment } = await library.get(id);
      const { modelExperimentFile } = await import('./files.ts');
      return modelExperimentFile(experiment, await cellsOf(id), what);
    },
  };
}
