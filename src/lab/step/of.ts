// The Step room of a laboratory: made when the room is first opened, kept when it is left.

import type { LabClient } from '../client.ts';
import type { Laboratory } from '../laboratory.ts';
import { createStepRoom } from './room.ts';
import type { StepRoom } from './state.ts';

const rooms = new WeakMap<Laboratory, StepRoom>();

/** The laboratory's Step room; it begins to draw as soon as the engine is open, and again after every loss. */
export function stepRoomOf(laboratory: Laboratory): StepRoom {
  const known = rooms.get(laboratory);
  if (known !== undefined) return known;
  const room = createStepRoom(laboratory.settings);
  rooms.set(laboratory, room);
  let client: LabClient | null = null;
  const attachIfOpen = () => {
    if (client !== null && laboratory.engine.getState().phase === 'open') room.attach(client);
  };
  laboratory.attach((started) => {
    client = started;
  });
  laboratory.engine.subscribe(({ phase }, before) => {
    if (phase !== before.phase) attachIfOpen();
  });
  attachIfOpen();
  return room;
}
