// A full storage. A bucket (Storage Buckets API) has a quota of its own, which the browser enforces like that of a disk.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { direct, gateAt, openTab, stored } from './modelExperiments.testing.ts';

interface Buckets {
  open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
}

const buckets = (navigator as unknown as { storageBuckets: Buckets }).storageBuckets;
const disk = indexedDB;
const swap = (factory: IDBFactory) =>
  Object.defineProperty(window, 'indexedDB', { value: factory, configurable: true });
const QUOTA_BYTES = 10_000_000;
/** Large ones first; what is left then is less than a cell takes. */
const FILLERS_BYTES = [65_536, 1024];

beforeEach(async () => swap((await buckets.open(crypto.randomUUID(), { quota: QUOTA_BYTES })).indexedDB));
afterEach(() => swap(disk));

it('pauses where nothing more can be stored, loses nothing, and goes on when there is room', async () => {
  const gate = gateAt(1, 0);
  const tab = openTab({ beforeCell: gate.beforeCell });
  await tab.load();
  const id = (await tab.store.create(tab.small()))!;
  const run = tab.store.run(id);
  await gate.reached;
  // Bytes that no database can store as fewer.
  const database = await tab.library.database.open();
  let fillers = 0;
  for (const bytes of FILLERS_BYTES)
    await expect(
      (async () => {
        for (; ; fillers++)
          await database.put('work', crypto.getRandomValues(new Uint8Array(bytes)), ['others', 'all', fillers, 0]);
      })(),
    ).rejects.toThrow();
  gate.open();
  await run;
  expect(tab.store.getState()).toMatchObject({
    running: null,
    failure: 'The experiment is paused: the storage that this browser gives to this page is full.',
  });
  // The browser counts in pages, so one more may have found room.
  const { done } = tab.store.getState().list![0]!;
  expect(done).toBe((await tab.library.places(id)).length);
  expect([2, 3]).toContain(done);
  await database.clear('work');
  await tab.store.run(id);
  expect(tab.store.getState().failure).toBeNull();
  expect(await stored(tab, id)).toEqual(await direct(tab.small()));
});
