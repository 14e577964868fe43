// What can be done with the run by key, palette and test.

import type { Action } from '../../lab/actions.ts';
import type { TrainStore } from '../../lab/train/store.ts';

export function trainActions(train: TrainStore): readonly Action[] {
  const run = () => train.getState().run;
  const isMoving = () => run()?.phase === 'running' || run()?.phase === 'recovering';
  const isStill = () => run() !== null && !isMoving() && train.getState().busy === null;
  const group = 'Training';
  return [
    { id: 'train/play', label: 'Play', group, keys: ['Space'], isPossible: isStill, run: () => train.play('pause') },
    { id: 'train/pause', label: 'Pause', group, keys: ['Space'], isPossible: isMoving, run: train.pause },
    {
      id: 'train/step',
      label: 'One step',
      group,
      keys: ['ArrowRight'],
      isPossible: isStill,
      run: () => train.play('step'),
    },
    {
      id: 'train/stage',
      label: 'One stage',
      group,
      keys: ['Shift+ArrowRight'],
      isPossible: isStill,
      run: () => train.play('stage'),
    },
    {
      id: 'train/keep',
      label: 'Keep a checkpoint of the last finished step',
      group,
      keys: ['K'],
      isPossible: () => run() !== null,
      run: () => void train.keep('by hand'),
    },
  ];
}
