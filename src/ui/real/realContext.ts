// How the components of the Real model room reach its state.

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { ModelState } from '../../lab/real/modelStore.ts';
import type { RealRoom, RealState } from '../../lab/real/state.ts';

export const RealContext = createContext<RealRoom | null>(null);

/** @throws Error outside of a RealContext */
export function useReal(): RealRoom {
  const room = useContext(RealContext);
  if (room === null) throw new Error('This component is used outside of the Real model room.');
  return room;
}

/** A part of the room's state; `select` must give the same value for the same state. */
export function useRealState<T>(select: (state: RealState) => T): T {
  return useStore(useReal(), select);
}

/** A part of what is known of the model, by the same rule. */
export function useModel<T>(select: (state: ModelState) => T): T {
  return useStore(useReal().model, select);
}
