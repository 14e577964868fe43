// A full storage. A bucket (Storage Buckets API) has a quota of its own, which the browser enforces like that of a disk.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { NotWrittenError } from '../storage/errors.ts';
import {
  direct,
  ends,
  entryOf,
  gatedHost,
  openTab,
  resultsOf,
  TINY,
  until,
  withoutRun,
} from './experiments.testing.ts';

interface Buckets {
  open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
}

const buckets = (navigator as unknown as { storageBuckets: Buckets }).storageBuckets;
const disk = indexedDB;
const swap = (factory: IDBFactory) =>
  Object.defineProperty(window, 'indexedDB', { value: factory, configurable: true });
const QUOTA_BYTES = 20_000_000;
/** Less than a save needs. */
const FILLER_BYTES = 2 ** 20;
const MOST_RANDOM_BYTES = 65_536;

/** Bytes that no database can store as fewer. */
function noise(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FILLER_BYTES);
  for (let from = 0; from < FILLER_BYTES; from += MOST_RANDOM_BYTES)
    crypto.getRandomValues(bytes.subarray(from, from + MOST_RANDOM_BYTES));
  return bytes;
}

beforeEach(async () => swap((await buckets.open(crypto.randomUUID(), { quota: QUOTA_BYTES })).indexedDB));
afterEach(() => swap(disk));

it('pauses where nothing more can be stored, loses nothing, and goes on when there is room', async () => {
  const gate = gatedHost('experiment', 'generate', 11);
  const tab = openTab(undefined, gate.host);
  const id = (await tab.store.create({ ...TINY, seeds: [3] }))!;
  await tab.store.run(id);
  await gate.reached;
  const others = tab.library.folder('somebody else', 'all');
  await expect(
    (async () => {
      for (let i = 0; ; i++) await others.put(`files/${i}`, noise());
    })(),
  ).rejects.toThrow(NotWrittenError);
  gate.open();
  await until(tab, id, ({ phase }) => phase === 'paused');
  expect(entryOf(tab, id)!.state).toMatchObject({
    cells: { done: 1, total: 2 },
    notice: 'The experiment is paused: the storage that this browser gives to this page is full.',
  });
  await others.removeFolder('files');
  await tab.store.run(id);
  await ends(tab, id);
  expect(entryOf(tab, id)!.state.notice).toBeNull();
  expect(withoutRun(await resultsOf(tab, id))).toEqual(withoutRun(await direct({ ...TINY, seeds: [3] })));
});
