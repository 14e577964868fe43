// How the Train room's components reach the run.

import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { RunState } from '../../lab/train/calls.ts';
import type { TrainState, TrainStore } from '../../lab/train/store.ts';

export const TrainContext = createContext<TrainStore | null>(null);

/** @throws Error outside of a TrainContext */
export function useTrain(): TrainStore {
  const train = useContext(TrainContext);
  if (train === null) throw new Error('This component is used outside of a TrainContext.');
  return train;
}

/** A part of the Train room's state; `select` must give the same value for the same state (no new objects). */
export function useTrainState<T>(select: (state: TrainState) => T): T {
  return useStore(useTrain(), select);
}

/** A part of the open run. @throws Error when none is open */
export function useRun<T>(select: (run: RunState) => T): T {
  return useTrainState(({ run }) => {
    if (run === null) throw new Error('No run is open.');
    return select(run);
  });
}

/**
 * Plain data of the open run. News of the worker are copies, so what is equal in value is told by its JSON: components
 * that read it are drawn again only when it says something else.
 */
export function useRunData<T>(select: (run: RunState) => T): T {
  const json = useRun((run) => JSON.stringify(select(run)));
  return useMemo(() => JSON.parse(json) as T, [json]);
}
