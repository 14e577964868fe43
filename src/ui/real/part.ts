// Which half of the Real model room is open. It outlives the room, so that the reader finds it as it was.

import { createStore } from 'zustand/vanilla';

export type RealPart = 'rollouts' | 'experiments';

export const realPart = createStore<RealPart>()(() => 'rollouts');
