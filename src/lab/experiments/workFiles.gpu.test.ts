// The files of a cell in real IndexedDB, held against a store in memory that does the same.

import { openDB } from 'idb';
import { expect, it } from 'vitest';
import { type Files, memoryStore } from '../../grpo/runLog.testing.ts';
import { randomSource } from '../../tasks/random.ts';
import { Database, UPGRADES } from '../storage/database.ts';
import { RunLibrary } from '../storage/runLibrary.ts';
import { newLibrary, newRun } from '../storage/storage.testing.ts';
import { ExperimentLibrary } from './library.ts';
import { workBytes, workFiles } from './workFiles.ts';

const FILES = ['a.jsonl', 'b.jsonl', 'checkpoints/step-1/x', 'checkpoints/step-1/y', 'checkpoints/step-10/x'];
const FOLDERS = ['checkpoints', 'checkpoints/step-1', 'checkpoints/step-10'];

it('does what a store in memory does, whatever is asked of it', async () => {
  const database = new Database(`test ${crypto.randomUUID()}`);
  const files: Files = new Map();
  const memory = memoryStore(files);
  const store = workFiles({ database, owner: 'e', folder: 'cell' });
  // Neighbours in the order of keys, which must stay as they are.
  const others = [
    workFiles({ database, owner: 'e', folder: 'cel' }),
    workFiles({ database, owner: 'e', folder: 'cell.' }),
    workFiles({ database, owner: 'f', folder: 'cell' }),
  ];
  for (const other of others) await other.put('a.jsonl', Uint8Array.of(1, 2, 3));
  const random = randomSource(7, 0);
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  for (let i = 0; i < 150; i++) {
    const file = pick(FILES);
    const bytes = Uint8Array.from({ length: random.below(5) }, () => random.below(256));
    const length = files.get(file)?.length ?? null;
    const both = [memory, store];
    const doing = pick(['append', 'append', 'append', 'put', 'truncate', 'remove']);
    if (doing === 'append') for (const each of both) await each.append(file, bytes);
    else if (doing === 'put') for (const each of both) await each.put(file, bytes);
    else if (doing === 'remove' && i % 4 === 0) {
      const folder = pick(FOLDERS);
      for (const each of both) await each.removeFolder(folder);
    } else if (doing === 'truncate' && length !== null) {
      const kept = random.below(length + 1);
      for (const each of both) await each.truncate(file, kept);
    }
    for (const name of FILES) {
      expect(await store.length(name)).toBe(await memory.length(name));
      expect(await store.read(name)).toEqual(await memory.read(name));
    }
    for (const folder of FOLDERS)
      expect([...(await store.list(folder))].sort()).toEqual([...(await memory.list(folder))].sort());
  }
  expect(files.size).toBeGreaterThan(0);
  const ofOthers = 2 * 3;
  expect(await workBytes(database, 'e')).toBe([...files.values()].reduce((sum, { length }) => sum + length, ofOthers));
  for (const other of others) expect(await other.read('a.jsonl')).toEqual(Uint8Array.of(1, 2, 3));
});

it('stores no more than the bytes of a view', async () => {
  const database = new Database(`test ${crypto.randomUUID()}`);
  const store = workFiles({ database, owner: 'e', folder: 'cell' });
  await store.put('x', new Uint8Array(1000).subarray(10, 20));
  const [stored] = await (await database.open()).getAll('work');
  expect(stored!.buffer.byteLength).toBe(10);
});

it('neither reads nor writes for somebody who was told to stop', async () => {
  const database = new Database(`test ${crypto.randomUUID()}`);
  const over = new AbortController();
  const store = workFiles({ database, owner: 'e', folder: 'cell', until: over.signal });
  await store.put('x', Uint8Array.of(1));
  over.abort();
  await expect(store.append('x', Uint8Array.of(2))).rejects.toThrow(/abort/);
  await expect(store.read('x')).rejects.toThrow(/abort/);
  expect(await workFiles({ database, owner: 'e', folder: 'cell' }).read('x')).toEqual(Uint8Array.of(1));
});

it('brings a database of version 1 up to date, with all that was in it', async () => {
  const name = `test ${crypto.randomUUID()}`;
  const old = new RunLibrary(new Database(name, UPGRADES.slice(0, 1)));
  const writer = await old.create(newRun());
  await writer.close();
  await old.database.close();
  const before = await openDB(name);
  expect([before.version, [...before.objectStoreNames]]).toEqual([
    1,
    ['annotations', 'checkpoints', 'files', 'policies', 'rollouts', 'runs', 'steps'],
  ]);
  before.close();

  const experiments = new ExperimentLibrary(new Database(name));
  expect(await experiments.list()).toEqual([]);
  expect((await newLibrary(name).list()).map(({ run }) => run.id)).toEqual([writer.id]);
  await workFiles({ database: experiments.database, owner: 'e', folder: 'cell' }).put('x', Uint8Array.of(1));
  await experiments.database.close();
  const after = await openDB(name);
  expect(after.version).toBe(UPGRADES.length);
  after.close();
});
