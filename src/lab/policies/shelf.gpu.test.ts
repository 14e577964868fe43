// What is stored, as the page sees it, on real IndexedDB.

import { expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import { weightsHash } from '../../grpo/runIdentity.ts';
import { createTrainer } from '../../grpo/trainer.ts';
import { writeCheckpoint } from '../../policy/checkpoint.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import { openShelf, type Shelf } from './policies.testing.ts';
import { policiesOf, policyName } from './store.ts';

const picked = (files: ReadonlyMap<string, Uint8Array>, folder: string) =>
  [...files].map(([name, bytes]) => ({
    path: folder === '' ? name : `${folder}/${name}`,
    file: new Blob([new Uint8Array(bytes)]),
  }));

const countdown = () => writeCheckpoint(drawnCheckpoint('countdown'));

/** Stores a run that a trainer has just made, and lets it go. */
async function storeRun({ runs }: Shelf, name: string): Promise<string> {
  const checkpoint = drawnCheckpoint('countdown');
  const config = parseRunConfig({ prompts: 2, group: 2 });
  const source = taskSource(taskByName('countdown'), config.difficulty);
  const engine = await createCpuEngine(checkpoint.config);
  const trainer = await createTrainer({
    engine,
    source,
    tokenizer: checkpoint.tokenizer!,
    config,
    checkpoint,
    createReference: () => Promise.reject(new Error('This run has no reference policy.')),
  });
  const weights = await weightsHash(checkpoint.config, checkpoint.parameters);
  const identity = {
    config,
    weights,
    source: config.difficulty,
    code: '1',
    backend: 'cpu',
    adapter: 'a test',
  } as const;
  const writer = await runs.create({ name, identity, start: writeCheckpoint(await trainer.save()) });
  await writer.close();
  return writer.id;
}

it('lists what can be chosen, and falls back to the base when the chosen one is deleted', async () => {
  const tab = openShelf();
  const run = await storeRun(tab, 'first');
  const opened = await tab.shelf.open(picked(countdown(), 'mine'), 'countdown');
  const { choices, said, list } = tab.shelf.getState();
  expect(said).toBe('“mine” was opened as a policy for countdown.');
  const id = opened?.kind === 'policy' ? opened.policy.id : '';
  expect(policiesOf(choices)).toEqual([
    { kind: 'own', id },
    { kind: 'checkpoint', run, step: 0 },
  ]);
  expect(policiesOf(choices).map((policy) => policyName(policy, choices))).toEqual(['mine', 'first, step 0']);
  expect(list!.usage.quotaBytes).toBeGreaterThan(0);

  tab.shelf.startFrom('countdown', { kind: 'own', id });
  expect(tab.shelf.startOf('countdown')).toEqual({ kind: 'own', id });
  expect(tab.shelf.startOf('parity')).toEqual({ kind: 'base', task: 'parity' });
  await tab.shelf.removePolicy(id);
  expect(tab.shelf.startOf('countdown')).toEqual({ kind: 'base', task: 'countdown' });
});

it('renames, saves and opens a run, and deletes everything but what is open', async () => {
  const tab = openShelf();
  const run = await storeRun(tab, 'first');
  await tab.shelf.renameRun(run, '  my   run ');
  expect(tab.shelf.getState().list!.runs.map((each) => each.run.name)).toEqual(['my run']);
  await tab.shelf.renameRun(run, ' ');
  expect(tab.shelf.getState().failure).toBe('A name needs at least one character.');
  const { name, file } = (await tab.shelf.exportRun(run))!;
  expect(tab.shelf.getState().failure).toBeNull();
  expect(await tab.shelf.open([{ path: name, file }], 'parity')).toMatchObject({ kind: 'run' });
  expect(tab.shelf.getState().said).toBe('The run “my run” with 0 steps was opened.');
  expect(tab.shelf.getState().list!.runs).toHaveLength(2);

  const { writer } = await tab.runs.own(run);
  await tab.shelf.removeAll();
  expect(tab.shelf.getState().said).toMatch(/^Everything was deleted but a run that is open: /);
  expect(tab.shelf.getState().list!.runs.map((each) => each.run.id)).toEqual([run]);
  await writer.close();
  await tab.shelf.removeAll();
  expect(tab.shelf.getState().said).toBe('Everything was deleted.');
  expect(tab.shelf.getState().list).toMatchObject({ runs: [], policies: [] });
});

it('says in one sentence what it cannot open, and stores nothing then', async () => {
  const tab = openShelf();
  const failure = async (files: Parameters<typeof tab.shelf.open>[0]) => {
    expect(await tab.shelf.open(files, 'countdown')).toBeNull();
    return tab.shelf.getState().failure;
  };
  expect(await failure([])).toBe('No file was chosen.');
  expect(await failure([{ path: 'a.zip', file: new Blob(['no']) }])).toBe('The file is not a zip file, or is damaged.');
  expect(await failure([{ path: 'notes.txt', file: new Blob(['no']) }])).toBe(
    'There is no policy in it: a checkpoint has a config.json and a model.safetensors.',
  );
  const other = writeCheckpoint(drawnCheckpoint('parity'));
  expect(await failure(picked(other, 'parity'))).toMatch(/^This policy cannot do Countdown: The character [^\n]*\.$/);
  const broken = countdown();
  broken.set('model.safetensors', broken.get('model.safetensors')!.slice(0, -9));
  expect(await failure(picked(broken, ''))).toMatch(/^model\.safetensors: [^\n]*\.$/);
  expect(tab.shelf.getState().list).toMatchObject({ runs: [], policies: [] });
});
