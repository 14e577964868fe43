// The Real model room of a laboratory: made when the room is first opened, kept when it is left.

import type { Laboratory } from '../laboratory.ts';
import { startModelWorker } from './client.ts';
import { createModelStore } from './modelStore.ts';
import { createProblemShelf } from './problemShelf.ts';
import { createRealRoom } from './room.ts';
import type { RealRoom } from './state.ts';

const rooms = new WeakMap<Laboratory, RealRoom>();

export function realRoomOf(laboratory: Laboratory): RealRoom {
  const known = rooms.get(laboratory);
  if (known !== undefined) return known;
  const model = createModelStore({ engine: () => laboratory.client, startWorker: startModelWorker });
  const room = createRealRoom(laboratory.settings, model, createProblemShelf());
  rooms.set(laboratory, room);
  return room;
}
