// Export from page to zip file in a browser: the real transformers.js on WebAssembly, in its worker; no GPU.

import { expect, it } from 'vitest';
import { ONNX_FILE } from '../../llm/export/exportPolicy.ts';
import { readCheckpoint, writeCheckpoint } from '../../policy/checkpoint.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import { Archive } from '../storage/archive.ts';
import { newRun } from '../storage/storage.testing.ts';
import { openShelf, type Shelf } from './policies.testing.ts';

async function withPolicy(): Promise<{ readonly tab: Shelf; readonly id: string }> {
  const tab = openShelf();
  const files = [...writeCheckpoint(drawnCheckpoint('countdown'))].map(([name, bytes]) => ({
    path: `mine/${name}`,
    file: new Blob([new Uint8Array(bytes)]),
  }));
  const opened = await tab.shelf.open(files, 'countdown');
  if (opened?.kind !== 'policy') throw new Error('No policy was opened.');
  return { tab, id: opened.policy.id };
}

it('offers an own policy after transformers.js has read it, and the file opens here again', async () => {
  const { tab, id } = await withPolicy();
  const shares: number[] = [];
  const stop = tab.shelf.subscribe(({ busy }) => {
    if (busy?.share != null) shares.push(busy.share);
  });
  const exported = await tab.shelf.exportModel({ kind: 'own', id });
  stop();
  const { said, failure } = tab.shelf.getState();
  expect(failure).toBeNull();
  expect(said).toMatch(
    /^mine\.zip is ready: transformers\.js loaded it, and its logits differ from the policy’s by at most \d\.\de-[6789] at \d+ tokens\.$/,
  );
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));

  const archive = await Archive.open(exported!.file, 'config.json');
  expect((await archive.read(ONNX_FILE))!.length).toBeGreaterThan(0);
  const opened = await tab.shelf.open([{ path: exported!.name, file: exported!.file }], 'countdown');
  if (opened?.kind !== 'policy') throw new Error('No policy was opened.');
  const weights = async (policy: string) => readCheckpoint(await tab.policies.files(policy)).parameters;
  expect(await weights(opened.policy.id)).toEqual(await weights(id));
});

it('exports a checkpoint of a run', async () => {
  const tab = openShelf();
  const writer = await tab.runs.create(newRun({ name: 'first', start: writeCheckpoint(drawnCheckpoint('countdown')) }));
  await writer.close();
  const [run] = await tab.runs.list();
  const exported = await tab.shelf.exportModel({ kind: 'checkpoint', run: run!.run.id, step: 0 });
  expect(tab.shelf.getState().failure).toBeNull();
  expect(exported!.name).toBe('first-step-0.zip');
});

it('can be cancelled, and says what is gone', async () => {
  const { tab, id } = await withPolicy();
  const stop = tab.shelf.subscribe(({ busy }) => {
    if (busy !== null && busy.share !== null) tab.shelf.cancel();
  });
  expect(await tab.shelf.exportModel({ kind: 'own', id })).toBeNull();
  stop();
  expect(tab.shelf.getState()).toMatchObject({ busy: null, said: null, failure: null });
  await tab.policies.remove(id);
  expect(await tab.shelf.exportModel({ kind: 'own', id })).toBeNull();
  expect(tab.shelf.getState().failure).toBe('This policy was deleted.');
});
