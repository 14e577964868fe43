// What can be done in the Step room, for keys, the palette and the list of shortcuts.

import type { Action } from '../actions.ts';
import { openRow } from './branches.ts';
import { branchOf } from './group.ts';
import type { StepRoom } from './state.ts';

const GROUP = 'Step';

/** @param problem which problem of the task is posed now */
export function stepActions(room: StepRoom, problem: () => number): readonly Action[] {
  const shown = () => {
    const { group } = room.getState();
    return group === null ? null : branchOf(group);
  };
  const hasMore = () => {
    const branch = shown();
    return branch !== null && openRow(branch, 0) !== null;
  };
  const hasPast = () => (shown()?.trail.length ?? 0) > 0;
  const isThere = () => shown() !== null;
  const { pose, getState } = room;
  return [
    {
      id: 'step/play',
      label: 'Play or pause',
      group: GROUP,
      keys: ['Space'],
      isPossible: () => hasMore() || getState().isPlaying,
      run: () => (getState().isPlaying ? room.pause() : room.play()),
    },
    {
      id: 'step/next',
      label: 'Next token',
      group: GROUP,
      keys: ['ArrowRight'],
      isPossible: hasMore,
      run: () => void room.next(),
    },
    {
      id: 'step/back',
      label: 'Back one reveal',
      group: GROUP,
      keys: ['ArrowLeft'],
      isPossible: hasPast,
      run: room.back,
    },
    {
      id: 'step/next-rollout',
      label: 'Next rollout',
      group: GROUP,
      keys: ['ArrowDown', 'Shift+ArrowRight'],
      isPossible: hasMore,
      run: () => void room.nextRollout(),
    },
    {
      id: 'step/all',
      label: 'Reveal the whole group',
      group: GROUP,
      keys: ['End'],
      isPossible: hasMore,
      run: () => void room.revealAll(),
    },
    {
      id: 'step/start',
      label: 'Back to the first token',
      group: GROUP,
      keys: ['Home'],
      isPossible: hasPast,
      run: room.toStart,
    },
    {
      id: 'step/again',
      label: 'Roll again with these settings, same noise',
      group: GROUP,
      isPossible: isThere,
      run: () => void room.rollAgain(),
    },
    {
      id: 'step/noise',
      label: 'Roll again with fresh noise',
      group: GROUP,
      keys: ['N'],
      isPossible: isThere,
      run: room.freshNoise,
    },
    {
      id: 'step/previous-problem',
      label: 'Previous problem',
      group: GROUP,
      keys: ['Shift+P'],
      isPossible: () => isThere() && problem() > 0,
      run: () => pose(null, problem() - 1),
    },
    {
      id: 'step/problem',
      label: 'Next problem',
      group: GROUP,
      keys: ['P'],
      isPossible: isThere,
      run: () => pose(null, problem() + 1),
    },
    {
      id: 'step/recorded-threshold',
      label: 'Judge tokens by their own threshold again',
      group: GROUP,
      isPossible: () => getState().whatIfNats !== null,
      run: () => room.judgeBy(null),
    },
    {
      id: 'step/parent',
      label: 'Back to the branch that this one grew from',
      group: GROUP,
      keys: ['B'],
      isPossible: () => (shown()?.parent ?? null) !== null,
      run: () => room.showBranch(shown()?.parent ?? 0),
    },
    {
      id: 'step/sampling',
      label: 'Close the rollout record and sample again',
      group: GROUP,
      isPossible: () => getState().records !== null,
      run: room.closeFile,
    },
  ];
}
