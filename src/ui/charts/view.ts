// What all charts on a page share: the horizontal axis, the zoom, the smoothing, and one cursor. The cursor is a training
// step (or what the axis has in its place), so it stands at the same moment in every chart, whatever that chart counts.

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Domain } from '../../lab/charts/scale.ts';
import { type StepAxis, TRAINING_STEPS, type XMode } from '../../lab/charts/track.ts';

export interface SharedView {
  /** What a step is in these charts. */
  readonly axis: StepAxis;
  readonly mode: XMode;
  /** Weight of the debiased moving average; 0: none. */
  readonly smoothing: number;
  /** Steps to show; null: all of them, with those to come. */
  readonly range: Domain | null;
  /** The step that is read out; null: the last one. */
  readonly cursorStep: number | null;
}

export type SharedViewStore = StoreApi<SharedView>;

export function createSharedView(axis = TRAINING_STEPS): SharedViewStore {
  return createStore<SharedView>()(() => ({ axis, mode: 'step', smoothing: 0, range: null, cursorStep: null }));
}

const Shared = createContext<SharedViewStore | null>(null);

/** Charts within it move together. */
export const SharedViewProvider = Shared.Provider;

export function useSharedStore(): SharedViewStore {
  const store = useContext(Shared);
  if (store === null) throw new Error('A chart stands inside a SharedViewProvider.');
  return store;
}

export function useShared<T>(select: (view: SharedView) => T): T {
  return useStore(useSharedStore(), select);
}
