// How the components of the Step room, and the views of tokens that other rooms show too, reach their state.

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { type Branch, type Place, revealedOf } from '../../lab/step/branches.ts';
import { branchOf, type ShownGroup } from '../../lab/step/group.ts';
import type { StepRoom, StepState } from '../../lab/step/state.ts';
import type { Strip } from '../../lab/step/take.ts';
import type { TokenRoom, TokenState } from '../../lab/step/tokenRoom.ts';

/** For views of tokens: any room that has some. */
export const TokenContext = createContext<TokenRoom | null>(null);
export const StepContext = createContext<StepRoom | null>(null);

/** @throws Error outside of a StepContext */
export function useRoom(): StepRoom {
  const room = useContext(StepContext);
  if (room === null) throw new Error('This component is used outside of the Step room.');
  return room;
}

/** A part of the Step room's state; `select` must give the same value for the same state. */
export function useStep<T>(select: (state: StepState) => T): T {
  return useStore(useRoom(), select);
}

/** @throws Error outside of a TokenContext */
export function useTokenRoom(): TokenRoom {
  const room = useContext(TokenContext);
  if (room === null) throw new Error('This component is used outside of a room of tokens.');
  return room;
}

/** A part of the state of any room of tokens, by the same rule. */
export function useTokens<T>(select: (state: TokenState) => T): T {
  return useStore(useTokenRoom(), select);
}

export interface Shown {
  readonly group: ShownGroup;
  readonly branch: Branch;
}

/** The group that is shown; only for components that stand where there is one. */
export function useShown(): Shown {
  const group = useTokens((state) => state.group);
  if (group === null) throw new Error('There is no group yet.');
  return { group, branch: branchOf(group) };
}

export interface Looked extends Shown {
  readonly place: Place;
  readonly strip: Strip;
  /** True: the token of this place is not revealed yet. */
  readonly isNext: boolean;
}

/** The place that is looked at. */
export function useLooked(): Looked {
  const { group, branch } = useShown();
  const place = useTokens((state) => state.place);
  const strip = branch.strips[place.row]!;
  return { group, branch, place, strip, isNext: place.index >= revealedOf(branch, place.row) };
}
