// Test code: the page's store of experiments on a language model with both of its workers, in one thread, on real
// IndexedDB; and a small experiment.

import {
  type ModelCell,
  type ModelExperiment,
  type ModelExperimentInput,
  modelCellsOf,
  parseModelExperiment,
} from '../../../experiments/model/definition.ts';
import { drawModelCell } from '../../../experiments/model/drawCell.ts';
import type { LabClient } from '../../client.ts';
import { Database } from '../../storage/database.ts';
import { createModelStore, type ModelStore } from '../modelStore.ts';
import { cellSession, engineClient, modelWorker, noMath, TASK } from '../real.testing.ts';
import { identityOf } from './identity.ts';
import { ModelExperimentLibrary, type StoredModelCell } from './library.ts';
import { taskQuestionsOf } from './questions.ts';
import { openModelExperiments } from './service.ts';
import type { ModelExperiments } from './state.ts';
import { createModelExperiments } from './store.ts';

/** Three questions and two rules, of which the second keeps its queue from question to question; without the model. */
export const SMALL: Omit<ModelExperimentInput, 'model'> = {
  name: 'small',
  questions: taskQuestionsOf({ task: TASK, difficulty: 'three-numbers', seed: 5, count: 3 }),
  arms: [
    { name: 'fixed 1', sampler: { temperature: { rule: 'fixed', tau: 1 } } },
    { name: 'two', sampler: { queue: { capacity: 40, keep: true } } },
  ],
  rollouts: 3,
  together: 2,
  maxNewTokens: 6,
};

export interface Tab {
  readonly store: ModelExperiments;
  readonly model: ModelStore;
  readonly library: ModelExperimentLibrary;
  /** The newest model's worker. */
  readonly worker: () => ReturnType<typeof modelWorker>;
  readonly client: LabClient;
  readonly load: (name?: string) => Promise<void>;
  /** An experiment of the model that is loaded. */
  readonly small: () => ModelExperimentInput;
}

export interface TabOptions {
  readonly database?: string;
  readonly beforeCell?: (cell: ModelCell, signal: AbortSignal) => Promise<void>;
}

export function openTab({ database = `test ${crypto.randomUUID()}`, beforeCell }: TabOptions = {}): Tab {
  const library = new ModelExperimentLibrary(new Database(database));
  const client = engineClient(openModelExperiments(library, (news, body) => client.receive({ news, body })).calls);
  const workers: ReturnType<typeof modelWorker>[] = [];
  const model = createModelStore({
    engine: () => client,
    startWorker: () => {
      const worker = modelWorker(beforeCell);
      workers.push(worker);
      return worker.client;
    },
  });
  model.setDevice('wasm');
  const store = createModelExperiments({ engine: () => client, reader: () => client, model });
  const load = async (name = 'a policy') => {
    await model.choose({ kind: 'policy', policy: { kind: 'base', task: TASK }, task: TASK, name });
    await model.load();
  };
  const small = () => {
    const { model: loaded, fingerprint } = model.getState();
    return { ...SMALL, model: identityOf({ model: loaded!, fingerprint }) };
  };
  return { store, model, library, client, worker: () => workers.at(-1)!, load, small };
}

/** Of a cell what the same experiment gives everywhere. */
export const lasting = ({ seconds: _, ...rest }: StoredModelCell) => rest;

/** All cells drawn one after the other without any interruption, and what queues hold after them, by arm. */
export async function direct(input: ModelExperimentInput) {
  const experiment: ModelExperiment = parseModelExperiment(input);
  const session = await cellSession();
  const queues: (readonly Float32Array[])[] = experiment.arms.map(() => []);
  const cells: Omit<StoredModelCell, 'seconds'>[] = [];
  for (const cell of modelCellsOf(experiment)) {
    const drawn = await drawModelCell(session, experiment, cell, { queuesBefore: queues[cell.arm]!, judge: noMath });
    const { queues: after, ...rest } = drawn;
    queues[cell.arm] = after;
    cells.push(lasting(rest));
  }
  return { cells, queues };
}

/** What a tab has stored, in the same form. */
export async function stored({ library }: Tab, id: string) {
  return { cells: (await library.cells(id)).map(lasting), queues: await library.queues(id) };
}

/** Holds up every cell from the given one on, until it is opened or the cell is cancelled. */
export function gateAt(question: number, arm: number) {
  let reach!: () => void;
  let open!: () => void;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const beforeCell = async (cell: ModelCell, signal: AbortSignal) => {
    if (cell.question !== question || cell.arm !== arm) return;
    reach();
    const cancelled = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    await Promise.race([opened, cancelled]);
  };
  return { beforeCell, reached, open };
}
