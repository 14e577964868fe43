// Which half of the Compare room is open. It outlives the room, so that the reader finds it as it was.

import { createStore } from 'zustand/vanilla';

export type ComparePart = 'runs' | 'experiments';

export const comparePart = createStore<ComparePart>()(() => 'runs');
