import { expect, it } from 'vitest';
import { policyResolver } from './policy.ts';
import { drawnCheckpoint } from './step.testing.ts';

const policy = { kind: 'checkpoint', run: 'r', step: 20 } as const;

it('keeps what it found until it is asked for what is there now', async () => {
  let seed = 1;
  const resolve = policyResolver(async () => drawnCheckpoint('countdown', seed));
  const first = await resolve(policy, false);
  // A rewound run writes its checkpoints anew.
  seed = 2;
  expect(await resolve(policy, false)).toBe(first);
  const now = await resolve(policy, true);
  expect(now.version).not.toBe(first.version);
  expect(await resolve(policy, false)).toBe(now);
  seed = 1;
  expect((await resolve(policy, true)).version).toBe(first.version);
});

it('asks for the policy in training by its own way, and says when there is none', async () => {
  const load = async () => drawnCheckpoint('countdown');
  const live = { checkpoint: drawnCheckpoint('countdown', 3), version: 'run 7 step 4' };
  expect(await policyResolver(load, async () => live)({ kind: 'live' }, true)).toBe(live);
  await expect(policyResolver(load)({ kind: 'live' }, true)).rejects.toThrow('No policy is being trained');
});

it('forgets the policy that was found longest ago', async () => {
  let loads = 0;
  const resolve = policyResolver(async () => {
    loads += 1;
    return drawnCheckpoint('countdown');
  });
  for (const step of [0, 1, 2, 3, 4]) await resolve({ ...policy, step }, false);
  await resolve({ ...policy, step: 4 }, false);
  expect(loads).toBe(5);
  await resolve({ ...policy, step: 0 }, false);
  expect(loads).toBe(6);
});
