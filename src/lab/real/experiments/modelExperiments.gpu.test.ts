// Experiments on a language model in the page without its view: store, runner, both workers' sides and storage, on real
// IndexedDB.

import { BlobReader, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { expect, it } from 'vitest';
import { type ModelExperimentInput, parseModelExperiment } from '../../../experiments/model/definition.ts';
import { modelTables } from '../../../experiments/model/tables.ts';
import { parseRolloutRecord } from '../../../grpo/rolloutRecord.ts';
import { ownedBy } from '../../storage/database.ts';
import { direct, gateAt, openTab, SMALL, stored, type Tab } from './modelExperiments.testing.ts';
import type { ModelExperimentProgress } from './state.ts';

const entryOf = ({ store }: Tab, id: string) => store.getState().list?.find((entry) => entry.id === id);

async function opened(options: Parameters<typeof openTab>[0] = {}) {
  const tab = openTab(options);
  await tab.load();
  const id = (await tab.store.create(tab.small()))!;
  return { tab, id };
}

it('draws every cell, tells how it goes, and says what came of it', async () => {
  const { tab, id } = await opened();
  expect(tab.store.getState()).toMatchObject({ looked: id, failure: null, running: null, busy: null });
  expect(tab.store.getState().findings).toMatchObject({ done: 0, cells: 6 });
  const told: ModelExperimentProgress[] = [];
  tab.store.subscribe(({ running }) => void (running !== null && told.push(running)));
  await tab.store.run(id);
  expect(tab.store.getState()).toMatchObject({ failure: null, running: null });
  expect(await stored(tab, id)).toEqual(await direct(tab.small()));

  const entry = entryOf(tab, id)!;
  expect(entry).toMatchObject({ cells: 6, done: 6, experiment: parseModelExperiment(tab.small()) });
  expect(entry.bytes).toBeGreaterThan(0);
  const { findings } = tab.store.getState();
  expect(findings).toMatchObject({ done: 6, cells: 6, rollouts: 3 });
  expect(findings!.arms.map(({ name, rollouts }) => [name, rollouts])).toEqual([
    ['fixed 1', 9],
    ['two', 9],
  ]);
  expect([...new Set(told.map(({ done }) => done))]).toEqual([0, 1, 2, 3, 4, 5]);
  // Two batches of a cell, one after the other.
  for (const { steps, mostSteps } of told) expect(steps).toBeLessThanOrEqual(mostSteps);
  expect(Math.max(...told.map(({ mostSteps }) => mostSteps))).toBe(12);
  expect(told[0]!.secondsLeft).toBeNull();
  expect(told.at(-1)!.secondsLeft).toBeGreaterThan(0);
  // Drawn already: a second run finds nothing to do.
  await tab.store.run(id);
  expect(await stored(tab, id)).toEqual(await direct(tab.small()));
});

it('pauses in the midst of a cell, and goes on after a reload as if nothing had been', async () => {
  const gate = gateAt(1, 1);
  const { tab, id } = await opened({ beforeCell: gate.beforeCell });
  const run = tab.store.run(id);
  await gate.reached;
  expect(tab.store.getState().running).toMatchObject({ id, done: 3, cells: 6, isStopping: false });
  tab.store.pause();
  expect(tab.store.getState().running).toMatchObject({ isStopping: true });
  await run;
  expect(tab.store.getState()).toMatchObject({ running: null, failure: null });
  expect(entryOf(tab, id)).toMatchObject({ done: 3 });

  const later = openTab({ database: tab.library.database.name });
  await later.store.refresh();
  expect(entryOf(later, id)).toMatchObject({ done: 3, cells: 6 });
  await later.store.look(id);
  expect(later.store.getState().findings).toMatchObject({ done: 3 });
  await later.load();
  await later.store.run(id);
  expect(later.store.getState()).toMatchObject({ running: null, failure: null });
  expect(await stored(later, id)).toEqual(await direct(tab.small()));
});

it('is run by one tab at a time, and goes on after that tab died', async () => {
  const gate = gateAt(1, 0);
  const { tab, id } = await opened({ beforeCell: gate.beforeCell });
  void tab.store.run(id);
  await gate.reached;
  const other = openTab({ database: tab.library.database.name });
  await other.load();
  await other.store.run(id);
  expect(other.store.getState()).toMatchObject({
    running: null,
    failure: 'The experiment "small" is run in another tab: pause it there to go on here.',
  });
  await other.store.remove(id);
  expect(other.store.getState().failure).toBe(
    'The experiment "small" is being run, here or in another tab: pause it first.',
  );
  // What the browser does when a tab goes.
  const lock = (await navigator.locks.query()).held!.find(({ name }) => name!.endsWith(id))!.name!;
  await navigator.locks.request(lock, { steal: true }, async () => {});
  await other.store.run(id);
  expect(other.store.getState().failure).toBeNull();
  expect(await stored(other, id)).toEqual(await direct(tab.small()));
});

it('refuses another model than its own, and says which one it needs', async () => {
  const { tab, id } = await opened();
  const needs = /^This experiment is of a policy [0-9a-f]{8} in fp32 \(0 B\)/;
  tab.model.close();
  await tab.store.run(id);
  expect(tab.store.getState().failure).toMatch(needs);
  expect(tab.store.getState().failure).toMatch(/, and no model is loaded: load that one first\.$/);
  await tab.load('another');
  await tab.store.run(id);
  expect(tab.store.getState().failure).toMatch(needs);
  expect(tab.store.getState().failure).toMatch(
    /, and another [0-9a-f]{8} in fp32 \(0 B\) is loaded: load the one that it is of\.$/,
  );
  expect(entryOf(tab, id)).toMatchObject({ done: 0 });
  await tab.load();
  await tab.store.run(id);
  expect(tab.store.getState().failure).toBeNull();
  expect(entryOf(tab, id)).toMatchObject({ done: 6 });
});

it('keeps what was drawn when the GPU is lost or the model is let go, and goes on with a new one', async () => {
  const [lost, gone, anew] = [gateAt(0, 1), gateAt(2, 0), gateAt(2, 1)];
  const { tab, id } = await opened({
    beforeCell: async (cell, signal) => {
      await lost.beforeCell(cell, signal);
      await gone.beforeCell(cell, signal);
      await anew.beforeCell(cell, signal);
    },
  });
  const first = tab.store.run(id);
  await lost.reached;
  tab.worker().lose('The GPU is gone.');
  await first;
  expect(tab.store.getState()).toMatchObject({
    running: null,
    failure: 'The GPU is gone. What was drawn is kept: load the model again to go on.',
  });
  expect(entryOf(tab, id)).toMatchObject({ done: 1 });

  lost.open();
  await tab.load();
  const second = tab.store.run(id);
  await gone.reached;
  await tab.load('another');
  await second;
  expect(tab.store.getState().failure).toBe(
    'The model was let go. What was drawn is kept: load the model again to go on.',
  );
  expect(entryOf(tab, id)).toMatchObject({ done: 4 });

  gone.open();
  await tab.load();
  const third = tab.store.run(id);
  await anew.reached;
  // Itself, anew.
  await tab.model.load();
  await third;
  expect(tab.store.getState().failure).toBe(
    'The model was let go. What was drawn is kept: load the model again to go on.',
  );

  anew.open();
  await tab.store.run(id);
  expect(tab.store.getState().failure).toBeNull();
  expect(await stored(tab, id)).toEqual(await direct(tab.small()));
});

it('says why a cell could not be drawn, and may be run again', async () => {
  let isBroken = true;
  const { tab, id } = await opened({
    beforeCell: async ({ question }) => {
      if (isBroken && question === 1) throw new Error('There is not enough memory for this model.');
    },
  });
  await tab.store.run(id);
  expect(tab.store.getState()).toMatchObject({
    running: null,
    failure:
      'There is not enough memory for this model. That was question "countdown/1" by "fixed 1"; what was drawn is kept.',
  });
  expect(entryOf(tab, id)).toMatchObject({ done: 2 });
  expect(tab.store.getState().findings).toMatchObject({ done: 2 });
  isBroken = false;
  await tab.store.run(id);
  expect(tab.store.getState().failure).toBeNull();
  expect(await stored(tab, id)).toEqual(await direct(tab.small()));
});

it('runs one at a time, and is paused before it is deleted', async () => {
  const gate = gateAt(1, 0);
  const { tab, id } = await opened({ beforeCell: gate.beforeCell });
  const other = (await tab.store.create({ ...tab.small(), name: 'other' }))!;
  expect(
    tab.store
      .getState()
      .list!.map(({ experiment }) => experiment.name)
      .sort(),
  ).toEqual(['other', 'small']);
  const run = tab.store.run(id);
  await gate.reached;
  await Promise.race([tab.store.run(other), gate.reached]);
  expect(tab.store.getState().failure).toBe('Another experiment is being run: pause it first.');
  await tab.store.remove(id);
  await run;
  expect(tab.store.getState()).toMatchObject({ running: null, failure: null, looked: other });
  expect(tab.store.getState().list!.map((entry) => entry.id)).toEqual([other]);
  const database = await tab.library.database.open();
  for (const store of ['modelCells', 'modelQueues'] as const)
    expect(await database.getAllKeys(store, ownedBy(id))).toEqual([]);
  await tab.store.remove(other);
  expect(tab.store.getState()).toMatchObject({ list: [], looked: null, findings: null });
});

it('tells in one sentence what is wrong with a definition, and stores nothing of it', async () => {
  const tab = openTab();
  await tab.load();
  const bad: [ModelExperimentInput, RegExp][] = [
    [{ ...tab.small(), questions: [] }, /^The experiment: questions is not accepted .*\.$/],
    [{ ...tab.small(), arms: [SMALL.arms[0]!, SMALL.arms[0]!] }, /the names of the arms must differ/],
    [{ ...tab.small(), rollouts: 0 }, /^The experiment: rollouts is not accepted .* from 1 to 1024 is needed\)\.$/],
  ];
  for (const [input, message] of bad) {
    expect(await tab.store.create(input)).toBeNull();
    expect(tab.store.getState().failure).toMatch(message);
  }
  await tab.store.refresh();
  expect(tab.store.getState().list).toEqual([]);
  tab.store.dismiss();
  expect(tab.store.getState().failure).toBeNull();
});

it('leaves what a newer page has written, and lists it among all that is stored alone', async () => {
  const { tab, id } = await opened();
  const database = await tab.library.database.open();
  const known = (await database.get('modelExperiments', id))!;
  await database.put('modelExperiments', { ...known, format: known.format + 1 }, id);
  const later = openTab({ database: tab.library.database.name });
  await later.store.refresh();
  expect(later.store.getState().list).toEqual([]);
  const newer = /^The experiment "small" was written by a newer version of this page, and is left as it is/;
  expect((await later.library.list())[0]!.problem).toMatch(newer);
  await later.load();
  await later.store.run(id);
  expect(later.store.getState().failure).toMatch(newer);
});

it('reads one cell, to be shown as it was written', async () => {
  const gate = gateAt(1, 0);
  const { tab, id } = await opened({ beforeCell: gate.beforeCell });
  const run = tab.store.run(id);
  await gate.reached;
  expect(await tab.store.read(id, { question: 1, arm: 0 })).toBeNull();
  const { cells } = await direct(tab.small());
  const wanted = cells.find(({ question, arm }) => question === 0 && arm === 1)!;
  const read = (await tab.store.read(id, wanted))!;
  expect(read.records.map(({ ids }) => [...ids])).toEqual(wanted.rollouts.map(({ ids }) => [...ids]));
  expect(read.records.map(({ reward, outcome }) => ({ reward, outcome }))).toEqual(
    wanted.verdicts.map(({ reward, outcome }) => ({ reward, outcome })),
  );
  expect(read.pieces).toEqual(new Map(wanted.pieces));
  expect(read.extracted).toEqual(wanted.verdicts.map(({ extracted }) => extracted));
  tab.store.pause();
  await run;
  expect(await tab.store.read('none', { question: 0, arm: 0 })).toBeNull();
  expect(tab.store.getState().failure).toBe('This experiment was deleted.');
});

it('gives its rollouts, tables and findings as files', async () => {
  const { tab, id } = await opened();
  await tab.store.run(id);
  const rollouts = (await tab.store.save(id, 'rollouts'))!;
  expect(rollouts.name).toBe('small.rollouts.jsonl');
  const lines = (await rollouts.file.text()).split('\n');
  expect(lines.at(-1)).toBe('');
  const records = lines.slice(0, -1).map((line) => parseRolloutRecord(line, 'here'));
  const { cells } = await direct(tab.small());
  const drawn = cells.flatMap((cell) => cell.rollouts.map(({ ids }) => [...ids]));
  expect(records.map(({ ids }) => [...ids])).toEqual(drawn);

  const whole = (await tab.store.save(id, 'experiment'))!;
  expect(whole.name).toBe('small.json');
  const { experiment, findings } = JSON.parse(await whole.file.text());
  expect(parseModelExperiment(experiment)).toEqual(entryOf(tab, id)!.experiment);
  expect(findings).toEqual(JSON.parse(JSON.stringify(tab.store.getState().findings)));

  const tables = (await tab.store.save(id, 'tables'))!;
  expect(tables.name).toBe('small.zip');
  const zip = new ZipReader(new BlobReader(tables.file));
  const names = (await zip.getEntries()).map(({ filename }) => filename);
  expect(names).toEqual(['experiment.json', ...modelTables(findings).map(({ name }) => name)]);
  await zip.close();
  expect(tab.store.getState()).toMatchObject({ busy: null, failure: null });
});
