// What can be done in the Real model room, for keys, the palette and the list of shortcuts.

import type { Action } from '../actions.ts';
import { openRow } from '../step/branches.ts';
import { branchOf } from '../step/group.ts';
import type { RealRoom } from './state.ts';

const GROUP = 'Real model';

export function realActions(room: RealRoom): readonly Action[] {
  const { getState } = room;
  const shown = () => {
    const { group } = getState();
    return group === null ? null : branchOf(group);
  };
  const isThere = () => shown() !== null;
  const hasMore = () => {
    const branch = shown();
    return branch !== null && openRow(branch, 0) !== null;
  };
  const hasPast = () => (shown()?.trail.length ?? 0) > 0;
  return [
    {
      id: 'model/play',
      label: 'Play or pause',
      group: GROUP,
      keys: ['Space'],
      isPossible: () => hasMore() || getState().isPlaying,
      run: () => (getState().isPlaying ? room.pause() : room.play()),
    },
    {
      id: 'model/next',
      label: 'Next token of all rollouts',
      group: GROUP,
      keys: ['ArrowRight'],
      isPossible: hasMore,
      run: () => void room.next(),
    },
    {
      id: 'model/back',
      label: 'Take back a token',
      group: GROUP,
      keys: ['ArrowLeft'],
      isPossible: hasPast,
      run: room.back,
    },
    {
      id: 'model/all',
      label: 'Draw all rollouts to their end',
      group: GROUP,
      keys: ['End'],
      isPossible: hasMore,
      run: () => void room.revealAll(),
    },
    {
      id: 'model/start',
      label: 'Back to the first token',
      group: GROUP,
      keys: ['Home'],
      isPossible: hasPast,
      run: room.toStart,
    },
    {
      id: 'model/again',
      label: 'Roll again with these settings, same noise',
      group: GROUP,
      isPossible: isThere,
      run: () => void room.rollAgain(),
    },
    {
      id: 'model/noise',
      label: 'Roll again with fresh noise',
      group: GROUP,
      keys: ['N'],
      isPossible: isThere,
      run: () => void room.freshNoise(),
    },
    {
      id: 'model/parent',
      label: 'Back to the branch that this one grew from',
      group: GROUP,
      keys: ['B'],
      isPossible: () => (shown()?.parent ?? null) !== null,
      run: () => room.showBranch(shown()?.parent ?? 0),
    },
    {
      id: 'model/close',
      label: 'Choose another model',
      group: GROUP,
      isPossible: () => room.model.getState().phase === 'loaded',
      run: room.model.close,
    },
  ];
}
