// The Real model room from the choice of a model to branches of its rollouts, on a small policy.

import { describe, expect, it } from 'vitest';
import { parseRolloutRecord, rolloutRecordLine } from '../../grpo/rolloutRecord.ts';
import { createSettingsStore } from '../settings/store.ts';
import { rolloutFacts } from '../step/facts.ts';
import { branchOf } from '../step/group.ts';
import { createModelExperiments } from './experiments/store.ts';
import { createModelStore } from './modelStore.ts';
import { createProblemShelf } from './problemShelf.ts';
import { engineClient, modelWorker, TASK } from './real.testing.ts';
import { createRealRoom } from './room.ts';

async function loadedRoom() {
  const settings = createSettingsStore();
  settings.edit('group', 4);
  const workers: ReturnType<typeof modelWorker>[] = [];
  const engine = engineClient();
  const model = createModelStore({
    engine: () => engine,
    startWorker: () => {
      const worker = modelWorker();
      workers.push(worker);
      return worker.client;
    },
  });
  model.setDevice('wasm');
  const experiments = createModelExperiments({ engine: () => engine, reader: () => engine, model });
  const room = createRealRoom(settings, { model, problems: createProblemShelf(), experiments });
  await model.choose({ kind: 'policy', policy: { kind: 'base', task: TASK }, task: TASK, name: 'a policy' });
  expect(model.getState()).toMatchObject({ phase: 'described', dtype: 'fp32', refusal: null });
  await model.load();
  expect(model.getState().refusal).toBeNull();
  const shown = () => branchOf(room.getState().group!);
  const ids = () => shown().strips.map(({ rollout }) => [...rollout.ids]);
  return { settings, room, model, workers, shown, ids };
}

describe('a model', () => {
  it('is described before it is loaded, and a folder that is none is refused in a sentence', async () => {
    const { model } = await loadedRoom();
    expect(model.getState()).toMatchObject({ phase: 'loaded', model: { name: 'a policy', device: 'wasm' } });
    await model.choose({ kind: 'files', name: 'holiday', files: [{ path: 'a.jpg', content: new Uint8Array(3) }] });
    expect(model.getState()).toMatchObject({ phase: 'none', model: null });
    expect(model.getState().refusal).toMatch(/^"holiday" holds no config\.json: choose the folder of a model/);
    await model.choose({ kind: 'hub', repository: 'no repository' });
    expect(model.getState().refusal).toBe('"no repository" is no repository name: write it as owner/name.');
  });

  it('that loses its GPU says so, and can be loaded again', async () => {
    const { model, room, workers } = await loadedRoom();
    await room.roll();
    workers[0]!.lose('The GPU is gone.');
    expect(model.getState()).toMatchObject({ phase: 'described', model: null, refusal: 'The GPU is gone.' });
    expect(room.getState().group).toBeNull();
    await model.load();
    expect(workers.length).toBe(2);
    await room.roll();
    expect(room.getState().group).not.toBeNull();
    expect(model.getState().refusal).toBeNull();
  });
});

describe('its rollouts', () => {
  it('go on together, a token each, and are judged at their ends', async () => {
    const { room, shown, ids } = await loadedRoom();
    await room.roll();
    expect(room.getState().refusal).toBeNull();
    expect(shown().revealed).toEqual([1, 1, 1, 1]);
    const first = ids().map(([id]) => id);
    await room.next();
    expect(ids().map((row) => row.length)).toEqual([2, 2, 2, 2]);
    expect(ids().map(([id]) => id)).toEqual(first);
    await room.revealAll();
    expect(shown().open).toEqual([false, false, false, false]);
    const { group } = room.getState();
    for (const strip of shown().strips) expect(rolloutFacts(group!, strip).verdict).not.toBeNull();
    const records = room.records();
    expect(records.map((record) => [...record.ids])).toEqual(ids());
    for (const record of records) expect(parseRolloutRecord(rolloutRecordLine(record), 'here')).toEqual(record);
  });

  it('can be taken back, and come again from the same noise', async () => {
    const { room, shown, ids } = await loadedRoom();
    await room.roll();
    await room.next();
    await room.next();
    const drawn = ids();
    room.back();
    await room.next();
    expect(ids()).toEqual(drawn);
    room.toStart();
    await expect.poll(() => shown().revealed).toEqual([1, 1, 1, 1]);
    expect(shown().trail).toEqual([]);
  });

  it('obey the settings at the next token, and keep those that are there', async () => {
    const { room, settings, shown } = await loadedRoom();
    await room.roll();
    settings.edit('sampler.temperature.high', 1.7);
    await room.next();
    const { takes } = shown().strips[0]!;
    expect(takes.map((take) => (take!.sampler.temperature as { high: number }).high)).toEqual([1.2, 1.7]);
    expect(room.getState().place).toEqual({ row: 0, index: 1 });
  });

  it('branch twice from one token, the others keeping theirs', async () => {
    const { room, workers, shown, ids } = await loadedRoom();
    await room.roll();
    for (let step = 0; step < 4; step++) await room.next();
    const sampled = ids();
    const root = shown().id;
    const other = (id: number) => (id === 3 ? 4 : 3);
    for (const noise of ['same', 'fresh'] as const) {
      room.showBranch(root);
      room.look({ row: 1, index: 2 });
      const token = other(sampled[1]![2]!);
      await room.branch(token, noise);
      expect(shown()).toMatchObject({ parent: root, fork: { row: 1, index: 2, token, noise } });
      expect(ids()[1]!.slice(0, 3)).toEqual([...sampled[1]!.slice(0, 2), token]);
      for (const row of [0, 2, 3]) expect(ids()[row]).toEqual(sampled[row]);
    }
    expect(shown().stream).not.toBe(0);
    // A branch cannot be taken back beyond its fork.
    room.toStart();
    await expect.poll(() => ids()[1]!.length).toBe(3);
    room.removeBranch(shown().id);
    expect(shown().id).toBe(root);
    await expect.poll(() => workers[0]!.groups.size).toBe(2);
  });

  it('say in a sentence why they cannot be drawn, and the ones before stay', async () => {
    const { room, settings, ids } = await loadedRoom();
    await room.roll();
    const before = ids();
    settings.edit('group', 16);
    await room.roll();
    expect(room.getState().refusal).toBe('There is not enough memory for this model.');
    expect(ids()).toEqual(before);
  });
});
