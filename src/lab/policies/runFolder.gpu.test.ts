// A run's folder, as headless training leaves it, opened in the page.

import { BlobReader, BlobWriter, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { expect, it } from 'vitest';
import { exportRun } from '../storage/exportRun.ts';
import { PolicyLibrary } from '../storage/policyLibrary.ts';
import { CONFIG, openTab, POLICY, play, state } from '../train/train.testing.ts';
import type { PickedFile } from './calls.ts';
import { openFiles } from './openFiles.ts';

it('opens a folder of a run as the run, and refuses one of several', async () => {
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY, 'from a folder');
  await play(tab, 'step');
  const { id } = state(tab).run!.run;
  await tab.store.close();
  const { file } = await exportRun(tab.library, id);
  const files: PickedFile[] = [];
  for (const entry of await new ZipReader(new BlobReader(file)).getEntries())
    if (!entry.directory)
      files.push({ path: `results/mine/${entry.filename}`, file: await entry.getData(new BlobWriter()) });
  const beside = { path: 'results/notes.txt', file: new Blob(['not of the run']) };

  const { library } = openTab();
  const parts = { runs: library, policies: new PolicyLibrary(library.database) };
  const opened = await openFiles(parts, [beside, ...files], 'countdown', {});
  if (opened.kind !== 'run') throw new Error('It was not opened as a run.');
  expect((await library.get(opened.run)).name).toBe('from a folder');
  expect(await library.rows(opened.run)).toEqual(await tab.library.rows(id));

  const twice = files.map(({ path, file: content }) => ({ path: path.replace('mine', 'other'), file: content }));
  await expect(openFiles(parts, [...files, ...twice], 'countdown', {})).rejects.toThrow(
    'The folder holds 2 runs: open the folder of one of them.',
  );
  expect(await library.list()).toHaveLength(1);
});
