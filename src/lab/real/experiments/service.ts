// The engine worker's side of experiments on language models: what is stored of them. Cells are drawn by another worker,
// which holds the model.

import { modelCellsOf, parseModelExperiment } from '../../../experiments/model/definition.ts';
import type { Service } from '../../call.ts';
import type { Tell } from '../../protocol.ts';
import type { Claim } from '../../storage/ownership.ts';
import type { ModelExperimentCalls } from './calls.ts';
import { type ModelExperimentLibrary, type ModelExperimentRecord, placeOf } from './library.ts';
import { readModelExperiments } from './reading.ts';
import type { ModelExperimentEntry } from './state.ts';

export interface ModelExperimentServices {
  readonly calls: Service<ModelExperimentCalls>;
  /** For the list of all that is stored. */
  readonly stored: Pick<ModelExperimentLibrary, 'list' | 'remove'>;
}

export function openModelExperiments(library: ModelExperimentLibrary, tell: Tell): ModelExperimentServices {
  const claims = new Map<string, Claim>();

  const entry = async (id: string) => entryOf(await library.record(id));
  const own = async (id: string): Promise<void> => {
    if (!claims.has(id)) claims.set(id, await library.own(id));
  };
  const remove = async (id: string): Promise<void> => {
    await library.remove(id);
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
    ...readModelExperiments(library),
  };
  return { calls, stored: { list: () => library.list(), remove } };
}

function entryOf({ stored: { id, experiment, createdAt }, cells, bytes }: ModelExperimentRecord): ModelExperimentEntry {
  return { id, experiment, made: createdAt, cells: cells.total, done: cells.done, bytes };
}
