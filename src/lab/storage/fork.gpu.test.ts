import { expect, it } from 'vitest';
import { forkRun } from './fork.ts';
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

const STEPS = 40;

async function trainedRun() {
  const library = newLibrary();
  const writer = await library.create(newRun());
  for (let step = 0; step < STEPS; step++)
    await writer.commit(
      commitOf(step, {
        annotations: step < 20 ? [annotation(0)] : [annotation(0), annotation(20)],
        keep: (step + 1) % 10 === 0 ? { kind: 'regular', label: null } : null,
      }),
    );
  return { library, writer };
}

it('copies a run up to a checkpoint, and leaves the parent alone', async () => {
  const { library, writer } = await trainedRun();
  const before = await library.get(writer.id);
  const shares: number[] = [];
  const fork = await forkRun(library, writer.id, 20, { name: null, onProgress: (done) => shares.push(done) });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const run = await library.get(fork.id);
  expect(run).toMatchObject({
    name: 'a run from step 20',
    state: 'paused',
    step: 20,
    next: 'collect',
    identity,
    parent: { id: writer.id, name: 'a run', step: 20 },
  });
  expect(await library.rows(fork.id)).toEqual(Array.from({ length: 20 }, (_, step) => finishedStep(step).metrics));
  expect(await library.rollouts(fork.id, 19)).toEqual(rolloutsOf(19));
  expect(await library.annotations(fork.id)).toEqual([annotation(0)]);
  expect((await library.checkpoints(fork.id)).map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(await library.save(fork.id)).toEqual({ step: 20, next: 'collect', files: filesOf(20) });
  await fork.commit(commitOf(20));
  expect(await library.rows(fork.id)).toHaveLength(21);
  expect(await library.get(writer.id)).toEqual(before);
  // Copied from the parent's bytes, and counted as its first 20 steps were.
  await writer.rewind(20);
  const parent = await library.get(writer.id);
  const forked = (await library.rows(fork.id, 20)).map((row) => JSON.stringify(row).length + 1);
  expect(run.bytes).toEqual(parent.bytes);
  expect((await library.get(fork.id)).bytes.metrics).toBe(parent.bytes.metrics + forked[0]!);
});

it('leaves nothing behind when it is cancelled, or when the tab died', async () => {
  const { library, writer } = await trainedRun();
  const abort = new AbortController();
  const forking = forkRun(library, writer.id, 40, { name: 'x', signal: abort.signal, onProgress: () => abort.abort() });
  await expect(forking).rejects.toMatchObject({ name: 'AbortError' });
  await expect(forkRun(library, writer.id, 7, { name: 'x' })).rejects.toThrow('There is no checkpoint of step 7.');
  const database = await library.database.open();
  const owners = async () => new Set((await database.getAllKeys('steps')).map(([id]) => id));
  expect(await owners()).toEqual(new Set([writer.id]));
  // As a tab leaves it that dies while it copies.
  const run = await library.get(writer.id);
  await database.put('runs', { ...run, id: 'half', state: 'making' }, 'half');
  await database.put('steps', { row: { step: 0 }, bytes: 1, rolloutBytes: 0 }, ['half', 0]);
  expect(await library.list()).toHaveLength(1);
  await library.sweep();
  expect(await owners()).toEqual(new Set([writer.id]));
});
