// The engine worker's side of experiments on language models: what is stored of them, and what follows from it. Cells are
// drawn by another worker, which holds the model.

import type { ModelCellResult } from '../../../experiments/model/cellResult.ts';
import { modelCellsOf, parseModelExperiment } from '../../../experiments/model/definition.ts';
import type { Service } from '../../call.ts';
import type { Tell } from '../../protocol.ts';
import type { Claim } from '../../storage/ownership.ts';
import type { ModelExperimentCalls } from './calls.ts';
import { type ModelExperimentLibrary, type ModelExperimentRecord, placeOf } from './library.ts';
import type { ModelExperimentEntry } from './state.ts';

/** Cells that are read from the storage at a time. */
const READ_TOGETHER = 64;

export interface ModelExperimentServices {
  readonly calls: Service<ModelExperimentCalls>;
  /** For the list of all that is stored. */
  readonly stored: Pick<ModelExperimentLibrary, 'list' | 'remove'>;
}

export function openModelExperiments(library: ModelExperimentLibrary, tell: Tell): ModelExperimentServices {
  const claims = new Map<string, Claim>();
  /** Of the one that was last analysed: cells never change, so only new ones are read. */
  let read: { readonly id: string; readonly cells: Map<number, ModelCellResult> } | null = null;

  const entry = async (id: string) => entryOf(await library.record(id));
  const own = async (id: string): Promise<void> => {
    if (!claims.has(id)) claims.set(id, await library.own(id));
  };
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

  const remove = async (id: string): Promise<void> => {
    await library.remove(id);
    if (read?.id === id) read = null;
    tell('model-experiment/removed', null);
  };

  const calls: Service<ModelExperimentCalls> = {
    'model-experiment/list': async () =>
      // One that cannot be opened is in the list of all that is stored, where it can be deleted.
      (await library.list()).filter(({ problem }) => problem === null).map(entryOf),
    'model-experiment/create': async ({ definition }) =>
      entry((await library.create(parseModelExperiment(definition, 'The experiment'))).id),
    'model-experiment/begin': async ({ id }) => {
      await own(id);
      const { experiment } = await library.get(id);
      const [places, queues] = await Promise.all([library.places(id), library.queues(id)]);
      const done = new Set(places);
      const missing = modelCellsOf(experiment).filter((cell) => !done.has(placeOf(experiment, cell)));
      return { experiment, missing, queues };
    },
    'model-experiment/keep-cell': async ({ id, cell }) => {
      // A worker that took the place of another has not claimed it yet.
      await own(id);
      await library.keep(id, cell);
      return entry(id);
    },
    'model-experiment/end': async ({ id }) => {
      claims.get(id)?.release();
      claims.delete(id);
      return null;
    },
    'model-experiment/remove': async ({ id }) => {
      await remove(id);
      return null;
    },
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
  return { calls, stored: { list: () => library.list(), remove } };
}

function entryOf({ stored: { id, experiment, createdAt }, cells, bytes }: ModelExperimentRecord): ModelExperimentEntry {
  return { id, experiment, made: createdAt, cells: cells.total, done: cells.done, bytes };
}
