// The reader's own experiment while it is drafted. It outlives the room.

import { createStore } from 'zustand/vanilla';
import { type Draft, FIRST_DRAFT } from '../../../lab/experiments/draft.ts';

export const draftStore = createStore<Draft>()(() => FIRST_DRAFT);

export const draft = (change: Partial<Draft>): void => draftStore.setState(change);
