// The Train room's two ends on real IndexedDB, with the CPU engine: in a browser, but without a GPU.

import { openDB } from 'idb';
import { expect, it } from 'vitest';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import { readCheckpoint } from '../../policy/checkpoint.ts';
import { NO_RUN } from '../runStatus.ts';
import { UPGRADES } from '../storage/database.ts';
import { CONFIG, openTab, POLICY, play, plays, standsStill, state, until, untimed } from './train.testing.ts';

/** What an unbroken run of three steps leaves. */
async function unbroken() {
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY, 'unbroken');
  await play(tab, 'step', 3);
  const { run, rows } = state(tab);
  const rollouts = await tab.library.rollouts(run!.run.id, 2);
  await tab.store.close();
  return { rows: untimed(rows), rollouts };
}

it('trains, and goes on after a reload in the midst of a step as if it had never stopped', async () => {
  const expected = await unbroken();
  const tab = openTab();
  expect(await tab.store.start(CONFIG, POLICY)).toBe(true);
  expect(state(tab).run).toMatchObject({ phase: 'paused', step: 0, next: 'collect', saved: { saved: true } });
  expect(tab.status()).toMatchObject({ phase: 'paused', step: 0, appliedConfig: CONFIG });
  await play(tab, 'step');
  await play(tab, 'stage');
  expect(state(tab).run).toMatchObject({ step: 1, next: 'score' });
  await tab.store.look(1);
  expect(state(tab).looked!.records).toHaveLength(8);
  const id = state(tab).run!.run.id;
  await tab.store.close();
  expect(tab.status()).toEqual(NO_RUN);
  expect(state(tab).resumable!.run.id).toBe(id);

  const later = openTab(tab.library.database.name);
  await expect.poll(() => state(later).resumable?.run.id).toBe(id);
  expect(await later.store.open(id)).toBe(true);
  expect(state(later).resumable).toBeNull();
  expect(state(later).run).toMatchObject({ step: 1, next: 'score' });
  await play(later, 'step', 2);
  expect(untimed(state(later).rows)).toEqual(expected.rows);
  expect(await later.library.rollouts(id, 2)).toEqual(expected.rollouts);
  expect(untimed(await later.library.rows(id))).toEqual(expected.rows);
  expect(state(later).run!.checkpoints.map(({ step, kind }) => [step, kind])).toEqual([
    [0, 'start'],
    [2, 'regular'],
  ]);
  await later.store.close();
});

it('rewinds and forks to the same steps again, the parent being left as it was', async () => {
  const expected = await unbroken();
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY, 'parent');
  const parent = state(tab).run!.run.id;
  await play(tab, 'step', 3);
  await tab.store.rewind(2);
  expect(state(tab).rows).toHaveLength(2);
  await play(tab, 'step');
  expect(untimed(state(tab).rows)).toEqual(expected.rows);
  expect(await tab.store.fork(2)).toBe(true);
  expect(state(tab).run!.run).toMatchObject({ name: 'parent from step 2', parent: { id: parent, step: 2 } });
  expect(state(tab).rows).toHaveLength(2);
  await play(tab, 'step');
  expect(untimed(state(tab).rows)).toEqual(expected.rows);
  expect(await tab.library.rows(parent)).toHaveLength(3);
  expect(await tab.store.fork(1)).toBe(false);
  expect(state(tab).failure).toBe('There is no checkpoint of step 1.');
  expect(state(tab).rows).toHaveLength(3);
  await tab.store.close();
});

it('lends the weights that are being trained', async () => {
  const tab = openTab();
  await expect(tab.live()).rejects.toThrow('No run is open.');
  await tab.store.start(CONFIG, POLICY);
  const first = await tab.live();
  await play(tab, 'stage');
  expect((await tab.live()).version).toBe(first.version);
  await play(tab, 'step', 3);
  const { version, checkpoint } = await tab.live();
  expect(version).not.toBe(first.version);
  const id = state(tab).run!.run.id;
  expect(checkpoint.parameters).toEqual(readCheckpoint((await tab.library.save(id)).files).parameters);
  expect(checkpoint.parameters).not.toEqual(first.checkpoint.parameters);
  await tab.store.close();
});

it('takes changes while it plays, applies them before the next stage, and refuses what does not fit', async () => {
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY);
  tab.store.play('pause');
  await plays(tab);
  tab.store.change({ high: 1.4 });
  tab.store.change({ high: 1.5, learningRate: 1e-4 });
  tab.store.change({ tau: 1 });
  await expect.poll(() => state(tab).failure).toMatch(/ has high and low to change, not tau\.$/);
  await expect.poll(() => state(tab).run!.step, { timeout: 60_000 }).toBeGreaterThan(1);
  tab.store.pause();
  await standsStill(tab);
  const { annotations, config, waiting } = state(tab).run!;
  expect(waiting).toBeNull();
  expect(annotations.at(-1)).toMatchObject({ high: 1.5, learningRate: 1e-4 });
  expect(config).toMatchObject({
    sampler: { temperature: { high: 1.5 } },
    optimizer: { learningRate: 1e-4 },
  });
  expect(await tab.library.annotations(state(tab).run!.run.id)).toEqual(annotations);
  expect(state(tab).rows.map(({ step }) => step)).toEqual([...state(tab).rows.keys()]);
  await tab.store.close();
});

it('gives up the stage under way when it is paused twice, and keeps what was finished', async () => {
  const tab = openTab();
  await tab.store.start(parseRunConfig({ ...CONFIG, prompts: 64, group: 16 }), POLICY);
  tab.store.play('pause');
  await plays(tab);
  tab.store.pause();
  tab.store.pause();
  await standsStill(tab);
  expect(state(tab).run).toMatchObject({ step: 0, next: 'collect', notice: null });
  await tab.store.keep('mine');
  expect(state(tab).run!.checkpoints).toMatchObject([{ step: 0, kind: 'pinned', label: 'mine' }]);
  await tab.store.close();
});

it('tells a second tab that the run is open elsewhere', async () => {
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY, 'mine');
  const other = openTab(tab.library.database.name);
  expect(await other.store.open(state(tab).run!.run.id)).toBe(false);
  expect(state(other).failure).toMatch(/^The run "mine" is open in another tab: /);
  await tab.store.close();
});

it('trains where nothing can be stored, and says so', async () => {
  const database = `test ${crypto.randomUUID()}`;
  (await openDB(database, UPGRADES.length + 1)).close();
  const tab = openTab(database);
  await tab.store.start(CONFIG, POLICY);
  await play(tab, 'step', 2);
  const why = /^What this browser has stored was written by a newer version of this page, .*\.$/;
  expect(state(tab).run).toMatchObject({ step: 2, saved: { saved: false, why: expect.stringMatching(why), steps: 2 } });
  expect(tab.status().detail).toMatch(why);
  expect(state(tab).rows).toHaveLength(2);
  expect(await tab.store.rewind(0)).toBe(false);
  expect(state(tab).failure).toMatch(why);
  expect(state(tab).rows).toHaveLength(2);
});

it('warns of a collapse, and keeps the newest checkpoint from before it', async () => {
  const tab = openTab();
  await tab.store.start(parseRunConfig({ ...CONFIG, optimizer: { learningRate: 0.3 }, checkpointEvery: 0 }), POLICY);
  tab.store.play('pause');
  await until(tab, ({ warnings }) => warnings.length > 0);
  tab.store.pause();
  await standsStill(tab);
  const { warnings, checkpoints, run } = state(tab).run!;
  const [warning] = warnings;
  const before = checkpoints.filter(({ kind }) => kind === 'pinned').at(0)!;
  expect(before.label).toBe(`before ${warning!.sign}`);
  expect(before.step).toBeLessThanOrEqual(warning!.from);
  expect(before.step).toBeGreaterThan(warning!.from - 5);
  await tab.store.close();
  // It is told again of a run that is opened later.
  await tab.store.open(run.id);
  expect(state(tab).run!.warnings).toEqual(warnings);
  await tab.store.close();
});

it('shows all rows of a long run', async () => {
  const tab = openTab();
  await tab.store.start(CONFIG, POLICY);
  const { id } = state(tab).run!.run;
  await tab.store.close();
  const steps = 1234;
  const database = await tab.library.database.open();
  await database.put('runs', { ...(await tab.library.get(id)), step: steps }, id);
  for (let step = 0; step < steps; step++)
    await database.put('steps', { row: { step, reward: step / steps }, bytes: 30, rolloutBytes: 0 }, [id, step]);
  await tab.store.open(id);
  await until(tab, ({ step }) => step === steps && state(tab).rows.length === steps);
  expect(state(tab).rows).toEqual(await tab.library.rows(id));
  await tab.store.close();
});
