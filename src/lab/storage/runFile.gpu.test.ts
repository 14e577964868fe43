import {
  BlobReader,
  BlobWriter,
  TextReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import { beforeAll, expect, it } from 'vitest';
import { CONFIG, openTab, POLICY, play, state, type Tab, untimed } from '../train/train.testing.ts';
import { LIMITS } from './archive.ts';
import { exportRun } from './exportRun.ts';
import { importRun } from './importRun.ts';
import { newLibrary } from './storage.testing.ts';

/** A run that was left in the midst of step 3, with a change, a regular and a pinned checkpoint. */
let tab: Tab;
let id: string;
let file: Blob;
beforeAll(async () => {
  tab = openTab();
  await tab.store.start(CONFIG, POLICY, 'a run: "ours"');
  id = state(tab).run!.run.id;
  await play(tab, 'step');
  tab.store.change({ high: 1.4 });
  await play(tab, 'step', 2);
  await tab.store.keep('mine');
  await play(tab, 'stage');
  await tab.store.close();
  const exported = await exportRun(tab.library, id);
  expect(exported.name).toMatch(/^a-run-ours-[0-9a-f]{12}\.zip$/);
  file = exported.file;
});

/** The file with some members changed; null takes one out. */
async function changed(edits: Readonly<Record<string, ((text: string) => string) | null>>): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter());
  for (const entry of await new ZipReader(new BlobReader(file)).getEntries()) {
    if (entry.directory) continue;
    const edit = edits[entry.filename];
    if (edit === null) continue;
    const bytes = await entry.getData(new Uint8ArrayWriter());
    const text = edit === undefined ? null : edit(new TextDecoder().decode(bytes));
    const content = text === null ? new Blob([bytes]).stream() : new TextReader(text);
    await zip.add(entry.filename, content);
  }
  return zip.close();
}

it('writes the folder of a headless run', async () => {
  const names = (await new ZipReader(new BlobReader(file)).getEntries()).map(({ filename }) => filename);
  const folders = names.flatMap((name) => /^checkpoints\/([^/]+)\/model\.safetensors$/.exec(name)?.[1] ?? []);
  expect(folders.sort()).toEqual(['step-0', 'step-2', 'step-3', 'step-3-score']);
  expect(names.filter((name) => !name.includes('/')).sort()).toEqual([
    'annotations.jsonl',
    'latest.json',
    'metrics.jsonl',
    'page.json',
    'rollouts.jsonl',
    'run.json',
  ]);
});

it('reads back the same run, which goes on as the first one does', async () => {
  const later = openTab();
  const shares: number[] = [];
  const copy = await importRun(later.library, file, { onProgress: (done) => shares.push(done) });
  expect(shares.at(-1)).toBe(1);
  const before = await tab.library.get(id);
  const { bytes, ...rest } = await later.library.get(copy);
  expect(rest).toEqual({ ...before, bytes: undefined, id: copy, usedAt: rest.usedAt });
  expect(bytes).toEqual(before.bytes);
  expect(await later.library.rows(copy)).toEqual(await tab.library.rows(id));
  for (const step of [0, 1, 2])
    expect(await later.library.rollouts(copy, step)).toEqual(await tab.library.rollouts(id, step));
  expect(await later.library.annotations(copy)).toEqual(await tab.library.annotations(id));
  expect(await later.library.checkpoints(copy)).toEqual(await tab.library.checkpoints(id));
  expect(await later.library.save(copy)).toEqual(await tab.library.save(id));
  for (const each of [
    { tab, run: id },
    { tab: later, run: copy },
  ]) {
    await each.tab.store.open(each.run);
    await play(each.tab, 'step');
    await each.tab.store.close();
  }
  expect(untimed(await later.library.rows(copy))).toEqual(untimed(await tab.library.rows(id)));
  expect(await later.library.rollouts(copy, 3)).toEqual(await tab.library.rollouts(id, 3));
});

const replaced = (from: string | RegExp, to: string) => (text: string) => {
  expect(text).toMatch(from);
  return text.replace(from, to);
};

it.each([
  ['no run.json', { 'run.json': null }, 'The file holds no run: it has no run.json.'],
  ['no save', { 'latest.json': null }, /latest\.json/],
  ['an unknown field', { 'run.json': replaced('"name"', '"x": 1, "name"') }, /^run\.json: x is not accepted .*\.$/],
  [
    'another seed',
    { 'run.json': replaced('"seed": 3', '"seed": 4') },
    /^run\.json: the hash is not that of its identity, .*\.$/,
  ],
  ['a wrong config', { 'run.json': replaced('"group": 4', '"group": 1') }, /group is not accepted: .*\.$/],
  ['a torn row', { 'metrics.jsonl': replaced(/\}\n/, '\n') }, /^metrics\.jsonl line 1 is not valid JSON\.$/],
  [
    'a missing row',
    { 'metrics.jsonl': (text: string) => text.split('\n').slice(1).join('\n') },
    'metrics.jsonl line 1: it is step 1, but step 0 is expected.',
  ],
  [
    'too few rows',
    { 'metrics.jsonl': (text: string) => text.split('\n').slice(0, 2).join('\n') },
    'metrics.jsonl has 2 steps, but the run was saved after 3.',
  ],
  [
    'a broken rollout',
    { 'rollouts.jsonl': replaced('"hot":[', '"hot":[7,') },
    /^rollouts\.jsonl line 1: hot\.0 is not accepted .*\.$/,
  ],
  [
    'a rollout of another task',
    { 'rollouts.jsonl': replaced('"countdown"', '"parity"') },
    /^rollouts\.jsonl line 1: it is of the task parity, .*\.$/,
  ],
  [
    'a broken change',
    { 'annotations.jsonl': () => '{"step":1}\n' },
    /^annotations\.jsonl line 1: stage is not accepted .*\.$/,
  ],
  ['a broken note', { 'page.json': () => '{}' }, /^page\.json: version is not accepted .*\.$/],
  ['a broken config', { 'checkpoints/step-3-score/config.json': () => '{' }, /^config\.json is not valid JSON\.$/],
  [
    'a lost checkpoint',
    { 'checkpoints/step-2/model.safetensors': null },
    /^checkpoints\/step-2: .*model\.safetensors.*\.$/,
  ],
  [
    'no trainer',
    { 'checkpoints/step-3-score/trainer.safetensors': null },
    /^checkpoints\/step-3-score has no trainer\.safetensors, .*\.$/,
  ],
] as const)('refuses a file with %s in one sentence, and keeps nothing of it', async (_, edits, sentence) => {
  const library = newLibrary();
  const failure = await importRun(library, await changed(edits)).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ name: 'StorageError' });
  expect((failure as Error).message).toMatch(sentence);
  expect((failure as Error).message).not.toContain('\n');
  const database = await library.database.open();
  for (const store of database.objectStoreNames) expect(await database.count(store), store).toBe(0);
});

it('refuses what is no zip file, and what is too large, before it unpacks it', async () => {
  const library = newLibrary();
  const refusal = async (blob: Blob, limits = LIMITS) =>
    String(await importRun(library, blob, { limits }).catch((cause: unknown) => (cause as Error).message));
  expect(await refusal(new Blob(['no zip']))).toBe('The file is not a zip file, or is damaged.');
  expect(await refusal(file.slice(0, file.size - 100))).toBe('The file is not a zip file, or is damaged.');
  expect(await refusal(file, { ...LIMITS, fileBytes: 2 ** 20 })).toMatch(
    /^The file has \d+ MiB, but at most 1 MiB are opened\.$/,
  );
  expect(await refusal(file, { ...LIMITS, entries: 9 })).toBe('The file holds more than 9 files, and is not opened.');
  expect(await refusal(file, { ...LIMITS, unpackedBytes: 2 ** 20 })).toMatch(
    /^The file would unpack to \d+ MiB, but at most 1 MiB are unpacked\.$/,
  );
  expect(await refusal(file, { ...LIMITS, memberBytes: 0 })).toMatch(
    /^run\.json has [\d,]+ bytes, but at most 0 bytes are read\.$/,
  );
  expect(await refusal(file, { ...LIMITS, lineBytes: 100 })).toMatch(/ has a line of more than 100 bytes\.$/);
  // A bomb that says it is small: its directory claims fewer bytes than come out.
  const zip = new ZipWriter(new BlobWriter());
  await zip.add('run.json', new TextReader(' '.repeat(1_000_000)));
  const bytes = new Uint8Array(await (await zip.close()).arrayBuffer());
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at++)
    if (view.getUint32(at, true) === 1_000_000) view.setUint32(at, 10, true);
  expect(await refusal(new Blob([bytes]))).toMatch(/^run\.json (is damaged in the file|unpacks to more than .*)\.$/);
});

it('is cancelled without a trace', async () => {
  const library = newLibrary();
  const abort = new AbortController();
  const reading = importRun(library, file, { signal: abort.signal, onProgress: () => abort.abort() });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  const database = await library.database.open();
  for (const store of database.objectStoreNames) expect(await database.count(store), store).toBe(0);
  const writing = exportRun(tab.library, id, { signal: AbortSignal.abort() });
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
});
