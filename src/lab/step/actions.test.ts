import { expect, it } from 'vitest';
import { createActions } from '../actions.ts';
import { createSettingsStore } from '../settings/store.ts';
import { stepActions } from './actions.ts';
import { branchOf } from './group.ts';
import { createStepRoom } from './room.ts';
import { stepClient } from './step.testing.ts';

it('steps, goes back, and changes problem and branch by named actions', async () => {
  const settings = createSettingsStore();
  settings.edit('group', 2);
  const room = createStepRoom(settings);
  const actions = createActions();
  const list = stepActions(room, () => settings.getState().settings.problem);
  actions.register(list);
  expect(list.map(({ id }) => id)).toEqual([...new Set(list.map(({ id }) => id))]);
  // Nothing is there yet.
  expect(actions.run('step/next')).toBe(false);
  room.attach(stepClient());
  await room.sync();
  const revealed = () => branchOf(room.getState().group!).revealed;

  expect(actions.run('step/next')).toBe(true);
  await expect.poll(revealed).toEqual([2, 0]);
  expect(actions.forKey('ArrowLeft')?.id).toBe('step/back');
  actions.run('step/back');
  expect(revealed()).toEqual([1, 0]);
  actions.run('step/all');
  await expect.poll(() => actions.forKey('ArrowRight')).toBeNull();
  expect(actions.run('step/next')).toBe(false);

  expect(actions.run('step/parent')).toBe(false);
  room.look({ row: 0, index: 0 });
  await room.branch(5, 'same');
  expect(actions.run('step/parent')).toBe(true);
  expect(room.getState().group!.current).toBe(0);

  expect(actions.run('step/previous-problem')).toBe(false);
  actions.run('step/problem');
  expect(settings.getState().settings.problem).toBe(1);
  expect(actions.run('step/previous-problem')).toBe(true);
});
