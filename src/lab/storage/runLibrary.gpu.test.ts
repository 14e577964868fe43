// Real IndexedDB and Web Locks (the "gpu" tests are those that run in a browser).

import { openDB } from 'idb';
import { expect, it } from 'vitest';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import { runHash } from '../../grpo/runIdentity.ts';
import { Database, UPGRADES } from './database.ts';
import { RunLibrary } from './runLibrary.ts';
import { GUARDS_KEPT } from './runWriter.ts';
import {
  annotation,
  commitOf,
  filesOf,
  finishedStep,
  identity,
  newLibrary,
  newRun,
  rolloutsOf,
} from './storage.testing.ts';

it('keeps a run over a reload: its rows, rollouts, changes, checkpoints and what it resumes from', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.setState('running');
  await writer.commit(commitOf(0, { annotations: [annotation(0)] }));
  await writer.commit(commitOf(1, { annotations: [annotation(0)], keep: { kind: 'regular', label: null } }));
  // The collect stage of step 2.
  const save = { step: 2, next: 'score', files: filesOf(99) } as const;
  await writer.commit({ save, annotations: [annotation(0), annotation(2)], finished: null });
  await writer.close();
  await library.database.close();

  const later = newLibrary(library.database.name);
  const [summary] = await later.list();
  expect(summary).toMatchObject({ activity: 'paused', problem: null });
  const { run } = summary!;
  expect(run).toMatchObject({ name: 'a run', step: 2, next: 'score', identity, hash: await runHash(identity) });
  expect(await later.rows(run.id)).toEqual([finishedStep(0).metrics, finishedStep(1).metrics]);
  expect(await later.rows(run.id, 1)).toEqual([finishedStep(1).metrics]);
  expect(await later.rollouts(run.id, 1)).toEqual(rolloutsOf(1));
  expect(await later.rollouts(run.id, 2)).toBeNull();
  expect(await later.annotations(run.id)).toEqual([annotation(0), annotation(2)]);
  expect(await later.save(run.id)).toEqual(save);
  expect((await later.checkpoints(run.id)).map(({ step, kind }) => [step, kind])).toEqual([
    [0, 'start'],
    [2, 'regular'],
  ]);
  expect(await later.checkpointFiles(run.id, 2)).toEqual(filesOf(2));
  const bytes = [...filesOf(0).values()].reduce((sum, { length }) => sum + length, 0);
  expect(run.bytes).toMatchObject({ save: bytes, checkpoints: 2 * bytes });
});

it('lists the last used run first, renames and deletes', async () => {
  const library = newLibrary();
  const first = await library.create(newRun({ name: 'first' }));
  const second = await library.create(newRun({ name: 'second' }));
  await second.close();
  await first.commit(commitOf(0));
  await first.close();
  const names = async () => (await library.list()).map(({ run }) => run.name);
  expect(await names()).toEqual(['first', 'second']);
  await library.rename(second.id, '  two\n words ');
  expect(await names()).toEqual(['first', 'two words']);
  await expect(library.rename(second.id, ' ')).rejects.toThrow('A name needs at least one character.');
  await library.remove(first.id);
  expect(await names()).toEqual(['two words']);
  await expect(library.get(first.id)).rejects.toThrow('This run was deleted.');
  const database = await library.database.open();
  for (const store of ['steps', 'rollouts', 'annotations', 'checkpoints', 'files'] as const)
    for (const key of await database.getAllKeys(store)) expect([key].flat()[0]).toBe(second.id);
});

it('stores a step once, and only after the one before it', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.commit(commitOf(0));
  await writer.close();
  for (const step of [0, 2]) {
    const { writer: again } = await library.own(writer.id);
    await expect(again.commit(commitOf(step))).rejects.toThrow(
      `Step ${step} cannot follow the 1 stored steps of "a run".`,
    );
    await again.close();
  }
  expect(await library.rows(writer.id)).toEqual([finishedStep(0).metrics]);
  expect((await library.save(writer.id)).files).toEqual(filesOf(1));
});

it('gives a run to one tab at a time, and tells the others', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.setState('running');
  const other = newLibrary(library.database.name);
  expect((await other.list())[0]).toMatchObject({ activity: 'running' });
  const sentence = 'The run "a run" is open in another tab: pause and close it there to go on here.';
  await expect(other.own(writer.id)).rejects.toThrow(sentence);
  await expect(other.remove(writer.id)).rejects.toThrow(
    'The run "a run" is open in a Train room, here or in another tab: close it first.',
  );
  await writer.close();
  const { writer: mine } = await other.own(writer.id);
  await mine.commit(commitOf(0));
  await mine.close();
});

it('notes where a run goes on with other code or on another machine', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.commit(commitOf(0));
  await writer.continueOn(identity);
  const machine = { code: '0.2.0', backend: 'webgpu', adapter: 'a GPU' } as const;
  await writer.continueOn(machine);
  await writer.continueOn(machine);
  expect((await library.get(writer.id)).continued).toEqual([{ ...machine, step: 1, stage: 'collect' }]);
});

it('rewinds to a checkpoint, and forgets what came after', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  for (let step = 0; step < 5; step++)
    await writer.commit(
      commitOf(step, {
        annotations: step < 3 ? [annotation(0)] : [annotation(0), annotation(3)],
        keep: step % 2 === 1 ? { kind: 'regular', label: null } : null,
      }),
    );
  const { bytes } = await library.get(writer.id);
  expect(await writer.rewind(2)).toEqual({ step: 2, next: 'collect', files: filesOf(2) });
  expect(await library.rows(writer.id)).toEqual([0, 1].map((step) => finishedStep(step).metrics));
  expect(await library.rolloutSteps(writer.id)).toEqual([0, 1]);
  expect(await library.annotations(writer.id)).toEqual([annotation(0)]);
  expect((await library.checkpoints(writer.id)).map(({ step }) => step)).toEqual([0, 2]);
  await expect(writer.rewind(4)).rejects.toThrow('There is no checkpoint of step 4.');
  for (let step = 2; step < 5; step++)
    await writer.commit(commitOf(step, { keep: step === 3 ? { kind: 'regular', label: null } : null }));
  expect((await library.get(writer.id)).bytes).toEqual(bytes);
});

it('keeps the newest guards, and for good those that are pinned', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  const keep = { kind: 'guard', label: null } as const;
  for (let step = 0; step < 3; step++) await writer.commit(commitOf(step, { keep }));
  await writer.pin(2, 'before collapse');
  for (let step = 3; step < 10; step++) await writer.commit(commitOf(step, { keep }));
  const kept = await library.checkpoints(writer.id);
  expect(kept.map(({ step, kind, label }) => [step, kind, label])).toEqual([
    [0, 'start', null],
    [2, 'pinned', 'before collapse'],
    ...[7, 8, 9, 10].map((step) => [step, 'guard', null]),
  ]);
  expect(kept).toHaveLength(GUARDS_KEPT + 2);
  expect((await library.get(writer.id)).bytes.checkpoints).toBe(kept.reduce((sum, { bytes }) => sum + bytes, 0));
  await expect(library.checkpointFiles(writer.id, 1)).rejects.toThrow('The checkpoint of step 1 is not stored.');
  await writer.removeCheckpoint(2);
  await expect(writer.pin(2, 'again')).rejects.toThrow('There is no checkpoint of step 2.');
});

it('drops the oldest rollouts when a run outgrows its budget, and counts them', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  await writer.commit(commitOf(0));
  const { bytes } = await library.get(writer.id);
  await writer.setRolloutBudget(Math.round(bytes.rollouts * 4.5));
  for (let step = 1; step < 14; step++) await writer.commit(commitOf(step));
  expect(await library.rolloutSteps(writer.id)).toEqual([0, 10, 12, 13]);
  const run = await library.get(writer.id);
  expect(run.thinnedSteps).toBe(10);
  const database = await library.database.open();
  const stored = await database.getAll('rollouts');
  expect(run.bytes.rollouts).toBe(stored.reduce((sum, { length }) => sum + length, 0));
  expect(await library.rows(writer.id)).toHaveLength(14);
  await writer.rewind(0);
  expect(await library.get(writer.id)).toMatchObject({ thinnedSteps: 0, bytes: { rollouts: 0, metrics: 0 } });
});

it('leaves alone what a newer version wrote', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  const database = await library.database.open();
  const run = (await database.get('runs', writer.id))!;
  await database.put('runs', { ...run, format: 2 }, run.id);
  const sentence = /^The run "a run" was written by a newer version of this page, and is left as it is: .*\.$/;
  expect((await library.list())[0]!.problem).toMatch(sentence);
  await expect(library.own(run.id)).rejects.toThrow(sentence);
  await expect(library.rename(run.id, 'x')).rejects.toThrow(sentence);
  await expect(writer.commit(commitOf(0))).rejects.toThrow(
    'The run "a run" was changed by a newer version of this page.',
  );
  expect(await database.get('runs', run.id)).toEqual({ ...run, format: 2 });
  await database.put(
    'runs',
    { ...run, identity: { ...identity, config: { ...parseRunConfig({}), task: 'x' as 'parity' } } },
    run.id,
  );
  expect((await library.list())[0]!.problem).toMatch(/^The run "a run" cannot be opened: task is not accepted: .*\.$/);

  await library.database.close();
  (await openDB(library.database.name, UPGRADES.length + 1)).close();
  await expect(newLibrary(library.database.name).list()).rejects.toThrow(
    /^What this browser has stored was written by a newer version of this page, and is left as it is: .*\.$/,
  );
});

it('brings an older database up to date, while an older page lets go of it', async () => {
  const old = newLibrary();
  const writer = await old.create(newRun());
  let upgraded = 0;
  const newer = new RunLibrary(new Database(old.database.name, [...UPGRADES, () => upgraded++]));
  expect((await newer.list()).map(({ run }) => run.id)).toEqual([writer.id]);
  expect(upgraded).toBe(1);
  await expect(old.list()).rejects.toThrow(/^This page is older than the one in another tab, .* reload this page\.$/);
});
