// A full storage. A bucket (Storage Buckets API) has a quota of its own, which the browser enforces like that of a disk.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { commitOf, filesOf, finishedStep, newLibrary, newRun } from './storage.testing.ts';

interface Buckets {
  open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
}

const buckets = (navigator as unknown as { storageBuckets: Buckets }).storageBuckets;
const disk = indexedDB;
const swap = (factory: IDBFactory) =>
  Object.defineProperty(window, 'indexedDB', { value: factory, configurable: true });
const QUOTA_BYTES = 10_000_000;

beforeEach(async () => swap((await buckets.open(crypto.randomUUID(), { quota: QUOTA_BYTES })).indexedDB));
afterEach(() => swap(disk));

it('goes on without saving what does not fit, loses nothing, and catches up when there is room', async () => {
  const library = newLibrary();
  const writer = await library.create(newRun());
  expect(await writer.commit(commitOf(0))).toEqual({ saved: true });
  for (const step of [1, 2]) {
    const save = { step: step + 1, next: 'collect', files: filesOf(step + 1, QUOTA_BYTES) } as const;
    expect(await writer.commit(commitOf(step, { save }))).toEqual({
      saved: false,
      why: 'The run is not saved: the storage that this browser gives to this page is full.',
      steps: step,
    });
  }
  expect(await library.rows(writer.id)).toEqual([finishedStep(0).metrics]);
  expect((await library.save(writer.id)).files).toEqual(filesOf(1));
  await expect(library.create(newRun({ start: filesOf(0, QUOTA_BYTES) }))).rejects.toThrow(
    'The run could not be stored: the storage that this browser gives to this page is full.',
  );
  expect(await library.list()).toHaveLength(1);
  expect(await writer.commit(commitOf(3))).toEqual({ saved: true });
  expect(await library.rows(writer.id)).toEqual([0, 1, 2, 3].map((step) => finishedStep(step).metrics));
  expect(await library.rolloutSteps(writer.id)).toEqual([0, 1, 2, 3]);
  expect((await library.save(writer.id)).files).toEqual(filesOf(4));
});
