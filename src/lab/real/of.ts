// The Real model room of a laboratory: made when the room is first opened, kept when it is left.

import type { Laboratory } from '../laboratory.ts';
import type { LabClient } from '../client.ts';
import { startModelWorker, startReadingWorker } from './client.ts';
import { createModelExperiments } from './experiments/store.ts';
import { createModelStore } from './modelStore.ts';
import { createProblemShelf } from './problemShelf.ts';
import { createRealRoom } from './room.ts';
import type { RealRoom } from './state.ts';

const rooms = new WeakMap<Laboratory, RealRoom>();

export function realRoomOf(laboratory: Laboratory): RealRoom {
  const known = rooms.get(laboratory);
  if (known !== undefined) return known;
  const engine = () => laboratory.client;
  const model = createModelStore({ engine, startWorker: startModelWorker });
  let reading: LabClient | null = null;
  const reader = () => {
    reading ??= startReadingWorker(() => {
      reading = null;
    });
    return reading;
  };
  const experiments = createModelExperiments({ engine, reader, model });
  const room = createRealRoom(laboratory.settings, { model, problems: createProblemShelf(), experiments });
  // Also where all that is stored is listed some may be deleted.
  laboratory.attach((client) => client.on('model-experiment/removed', () => void experiments.refresh()));
  experiments.subscribe(({ running, list }, before) => {
    if (running === before.running && list === before.list) return;
    const entry = list?.find(({ id }) => id === running?.id);
    const status =
      running === null || entry === undefined
        ? null
        : { name: entry.experiment.name, done: running.done, cells: running.cells, secondsLeft: running.secondsLeft };
    laboratory.modelExperiment.setState(status, true);
  });
  rooms.set(laboratory, room);
  return room;
}
