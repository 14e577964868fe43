import { describe, expect, it } from 'vitest';
import { createSettingsStore } from '../settings/store.ts';
import { type Branch, isWhole, revealedOf } from './branches.ts';
import { branchOf } from './group.ts';
import { createStepRoom } from './room.ts';
import { stepClient } from './step.testing.ts';

const client = stepClient();

async function openRoom() {
  const settings = createSettingsStore();
  settings.edit('group', 3);
  settings.edit('maxNewTokens', 10);
  const room = createStepRoom(settings);
  room.attach(client);
  await room.sync();
  const shown = (): Branch => branchOf(room.getState().group!);
  const tokens = (row: number) => [...shown().strips[row]!.rollout.ids];
  return { settings, room, shown, tokens };
}

describe('revealing', () => {
  it('shows the first token at once, then one after the other, row by row', async () => {
    const { room, shown } = await openRoom();
    expect(shown().revealed).toEqual([1, 0, 0]);
    await room.next();
    expect(shown().revealed).toEqual([2, 0, 0]);
    expect(room.getState().place).toEqual({ row: 0, index: 1 });
    await room.nextRollout();
    expect(isWhole(shown(), 0)).toBe(true);
    await room.next();
    expect(shown().revealed.slice(1)).toEqual([1, 0]);
    await room.revealAll();
    expect([0, 1, 2].every((row) => isWhole(shown(), row))).toBe(true);
  });

  it('goes back the way it came, and to the start', async () => {
    const { room, shown } = await openRoom();
    await room.next();
    await room.nextRollout();
    room.back();
    expect(shown().revealed).toEqual([2, 0, 0]);
    room.back();
    room.back();
    expect(shown().revealed).toEqual([0, 0, 0]);
    await room.revealAll();
    room.toStart();
    expect(shown().revealed).toEqual([1, 0, 0]);
  });

  it('plays to the end and stops', async () => {
    const { room, shown } = await openRoom();
    room.setSpeed(10_000);
    room.play();
    await new Promise<void>((resolve) => room.subscribe(({ isPlaying }) => !isPlaying && resolve()));
    expect([0, 1, 2].every((row) => isWhole(shown(), row))).toBe(true);
  });
});

describe('changing a setting', () => {
  it('keeps what is revealed and draws the rest with the new one', async () => {
    const { room, settings, shown, tokens } = await openRoom();
    for (let i = 0; i < 3; i++) await room.next();
    const count = revealedOf(shown(), 0);
    const before = shown().strips[0]!.rollout;
    const kept = tokens(0).slice(0, count);
    settings.edit('sampler.temperature', { rule: 'fixed', tau: 0.01 });
    await room.next();
    const after = shown().strips[0]!.rollout;
    expect(tokens(0).slice(0, count)).toEqual(kept);
    expect(after.tau.slice(0, count)).toEqual(before.tau.slice(0, count));
    expect(after.thresholdNats.slice(0, count)).toEqual(before.thresholdNats.slice(0, count));
    expect([...after.tau.slice(count)]).toEqual(
      tokens(0)
        .slice(count)
        .map(() => Math.fround(0.01)),
    );
  });

  it('draws the same tokens again when it is taken back', async () => {
    const { room, settings, shown } = await openRoom();
    const first = shown().strips.map(({ rollout }) => rollout);
    settings.edit('sampler.temperature.high', 3);
    await room.sync();
    expect(shown().strips.map(({ rollout }) => rollout)).not.toEqual(first);
    settings.undo();
    await room.sync();
    expect(shown().strips.map(({ rollout }) => rollout)).toEqual(first);
  });

  it('draws tokens anew that were hidden after the change', async () => {
    const { room, settings, shown } = await openRoom();
    await room.nextRollout();
    settings.edit('sampler.temperature', { rule: 'fixed', tau: 0.5 });
    await room.sync();
    expect(shown().strips[0]!.rollout.tau).not.toContain(0.5);
    room.back();
    await room.next();
    expect(shown().strips[0]!.rollout.tau[1]).toBe(0.5);
  });
});

describe('kept queues', () => {
  const keep = { capacity: 1000, scope: 'run', order: 'push-first', warmup: { entropies: 0, use: 'hot' }, keep: true };

  it('start empty, unless the reader lets the next group go on with them', async () => {
    const { room, settings, shown } = await openRoom();
    settings.edit('sampler.queue', keep);
    await room.rollAgain();
    const first = () => shown().strips[0]!.rollout.queueLength[0];
    expect(first()).toBe(3);
    const held = shown().take!.queuesAfter[0]!.length;
    room.pose(null, 1);
    await room.sync();
    expect(first()).toBe(3);
    room.carryQueues(true);
    const before = shown().take!.queuesAfter[0]!.length;
    room.pose(null, 0);
    await room.sync();
    expect(first()).toBe(before + 3);
    expect(held).toBeGreaterThan(3);
  });

  it('are not filled twice by tokens that a new take begins with', async () => {
    const { room, settings, shown } = await openRoom();
    settings.edit('sampler.queue', keep);
    await room.rollAgain();
    for (let i = 0; i < 3; i++) await room.next();
    settings.edit('sampler.temperature.high', 2);
    await room.sync();
    const count = revealedOf(shown(), 0);
    const { queueLength } = shown().strips[0]!.rollout;
    expect(queueLength[count]).toBeLessThanOrEqual(3 * (count + 1));
  });
});

describe('prompts', () => {
  it('refuses text outside the alphabet and text without a problem, and keeps the group', async () => {
    const { room, shown } = await openRoom();
    const before = shown();
    room.pose('3 5 x>22.');
    expect(room.getState().refusal).toContain('The character "x" is not in the alphabet of Countdown');
    room.pose('3 5>');
    expect(room.getState().refusal).toContain('Countdown finds no problem in "3 5>"');
    await room.sync();
    expect(shown()).toBe(before);
  });

  it('takes a prompt of the reader, and goes back to the problems of the task', async () => {
    const { room } = await openRoom();
    const own = room.getState().group!.posed.problem.prompt;
    room.pose('1 2 3>6.');
    await room.sync();
    expect(room.getState().group!.posed.problem.prompt).toBe('1 2 3>6.');
    room.pose(null, 0);
    await room.sync();
    expect(room.getState().group!.posed.problem.prompt).toBe(own);
  });
});

describe('branching', () => {
  it('changes one token of one rollout and draws on with the same noise', async () => {
    const { room, shown, tokens } = await openRoom();
    await room.revealAll();
    const first = shown();
    room.look({ row: 1, index: 2 });
    const other = (tokens(1)[2]! + 1) % 10;
    await room.branch(other, 'same');
    const { group } = room.getState();
    expect(group!.branches).toHaveLength(2);
    expect(shown().fork).toEqual({ row: 1, index: 2, token: other, noise: 'same' });
    expect(tokens(1).slice(0, 3)).toEqual([...first.strips[1]!.rollout.ids.slice(0, 2), other]);
    expect(shown().strips[0]).toBe(first.strips[0]);
    expect(isWhole(shown(), 1)).toBe(true);
  });

  it('keeps the token that was chosen when its rollout is hidden and drawn anew', async () => {
    const { room, settings, tokens } = await openRoom();
    await room.revealAll();
    room.look({ row: 0, index: 1 });
    const other = (tokens(0)[1]! + 3) % 10;
    await room.branch(other, 'fresh');
    room.toStart();
    settings.edit('sampler.temperature.high', 2.5);
    await room.sync();
    expect(tokens(0)[1]).toBe(other);
  });

  it('takes the same token to the same end with the same noise', async () => {
    const { room, tokens } = await openRoom();
    await room.revealAll();
    const before = tokens(2);
    room.look({ row: 2, index: 1 });
    await room.branch(before[1]!, 'same');
    expect(tokens(2)).toEqual(before);
  });

  it('removes a branch with what grew from it', async () => {
    const { room } = await openRoom();
    await room.revealAll();
    room.look({ row: 0, index: 1 });
    await room.branch(3, 'same');
    room.look({ row: 0, index: 2 });
    await room.branch(4, 'same');
    room.removeBranch(1);
    expect(room.getState().group!.branches.map(({ id }) => id)).toEqual([0]);
    expect(room.getState().group!.current).toBe(0);
  });
});

it('says in one sentence that an engine is gone, and goes on with the next', async () => {
  const { room } = await openRoom();
  const broken = stepClient();
  broken.end('The engine stopped.');
  room.attach(broken);
  room.freshNoise();
  await room.sync();
  expect(room.getState().refusal).toBe('The engine stopped.');
  room.attach(client);
  await room.sync();
  expect(room.getState().refusal).toBeNull();
});
