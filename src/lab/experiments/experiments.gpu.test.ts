// Experiments in the page without its view: store, client, service and storage, on real IndexedDB with the CPU engine.

import { expect, it } from 'vitest';
import { lasting } from '../../experiments/cellResult.ts';
import { parseExperiment } from '../../experiments/definition.ts';
import { readResults } from '../../experiments/results.ts';
import { EVALUATIONS_FILE } from '../../experiments/runCell.ts';
import { readRun } from '../../grpo/runLog.ts';
import { ownedBy } from '../storage/database.ts';
import {
  cpuHost,
  direct,
  ends,
  entryOf,
  gatedHost,
  openTab,
  resultsOf,
  type Tab,
  TINY,
  TRAINED_START,
  until,
  withoutRun,
} from './experiments.testing.ts';

const state = (tab: Tab, id: string) => entryOf(tab, id)!.state;
let expected: ReturnType<typeof withoutRun> | null = null;

async function expectWhole(tab: Tab, id: string): Promise<void> {
  expected ??= withoutRun(await direct(TINY));
  expect(withoutRun(await resultsOf(tab, id))).toEqual(expected);
}

/** Outermost folders of the files of an experiment. */
async function workFolders({ library }: Tab, id: string): Promise<string[]> {
  const keys = await (await library.database.open()).getAllKeys('work', ownedBy(id));
  return [...new Set(keys.map(([, path]) => path.split('/')[0]!))];
}

it('makes every cell as it is made alone, tells how it goes, and leaves no engine and no file', async () => {
  const host = cpuHost();
  const tab = openTab(undefined, host);
  const id = (await tab.store.create(TINY))!;
  expect(tab.store.getState()).toMatchObject({ looked: id, failure: null });
  expect(state(tab, id)).toEqual({
    id,
    phase: 'paused',
    isElsewhere: false,
    isBegun: false,
    cells: { done: 0, total: 4 },
    underWay: null,
    secondsLeft: null,
    notice: null,
  });
  await tab.store.run(id);
  await ends(tab, id);
  await expectWhole(tab, id);
  expect(state(tab, id)).toMatchObject({ cells: { done: 4, total: 4 }, isBegun: true, underWay: null, notice: null });
  await expect.poll(() => tab.store.getState().results?.cells.length, { timeout: 10_000 }).toBe(4);
  const running = tab.news.filter(({ underWay }) => underWay !== null);
  expect(running.map(({ cells }) => cells.done)).toEqual(running.map(({ cells }) => cells.done).sort());
  for (const { underWay } of running) {
    expect(underWay).toMatchObject({ steps: 2 });
    expect(underWay!.share).toBeGreaterThanOrEqual(0);
    expect(underWay!.share).toBeLessThanOrEqual(1);
  }
  expect(host.kept.size).toBe(0);
  expect(entryOf(tab, id)!.bytes).toBe(
    (await tab.client.call('experiment/results', { id })).cells.reduce(
      (sum, cell) => sum + JSON.stringify(cell).length,
      0,
    ),
  );
});

it('goes on after a pause in the midst of a cell and a reload, with the results that it would have had', async () => {
  // The second cell is stopped in its first step, with the third evaluation of the whole behind it.
  const gate = gatedHost('experiment', 'generate', 11);
  const tab = openTab(undefined, gate.host);
  const id = (await tab.store.create(TINY))!;
  await tab.store.run(id);
  await gate.reached;
  const paused = tab.store.pause(id);
  gate.open();
  await paused;
  expect(state(tab, id)).toMatchObject({
    phase: 'paused',
    isBegun: true,
    cells: { done: 1, total: 4 },
    underWay: null,
    notice: null,
  });
  const files = tab.library.folder(id, (await workFolders(tab, id))[0]!);
  expect((await readRun(files)).step).toBe(0);
  expect(new TextDecoder().decode((await files.read(EVALUATIONS_FILE))!).split('\n')).toHaveLength(2);

  const later = openTab(tab.library.database.name);
  await until(later, id, ({ phase }) => phase === 'paused');
  expect(entryOf(later, id)!.definition).toEqual(parseExperiment(TINY));
  await later.store.run(id);
  await ends(later, id);
  await expectWhole(later, id);
});

it('goes on after its tab died', async () => {
  // This tab hangs in the first step of the second cell, and never gets out of it.
  const gate = gatedHost('experiment', 'generate', 11);
  const tab = openTab(undefined, gate.host);
  const id = (await tab.store.create(TINY))!;
  await tab.store.run(id);
  await gate.reached;

  const later = openTab(tab.library.database.name);
  await until(later, id, ({ phase, isElsewhere }) => phase === 'running' && isElsewhere);
  await later.store.run(id);
  expect(later.store.getState().failure).toBe(
    'The experiment "tiny" runs in another tab: pause it there to go on here.',
  );
  await later.store.remove(id);
  expect(later.store.getState().failure).toBe('The experiment "tiny" runs in another tab: pause it there first.');
  // What the browser does when a tab goes.
  const lock = (await navigator.locks.query()).held!.find(({ name }) => name!.endsWith(id))!.name!;
  await navigator.locks.request(lock, { steal: true }, async () => {});
  await later.store.refresh();
  expect(state(later, id)).toMatchObject({
    phase: 'paused',
    isElsewhere: false,
    notice: 'It was stopped when its tab was closed or reloaded: it goes on from where it was last saved.',
  });
  await later.store.run(id);
  await ends(later, id);
  await expectWhole(later, id);
});

it('runs one at a time, and lets one that waits go', async () => {
  const tab = openTab();
  const [first, second, third] = await Promise.all(
    ['first', 'second', 'third'].map(
      async (name) => (await tab.store.create({ ...TINY, name, seeds: [3], arms: [{ name: 'one' }] }))!,
    ),
  );
  for (const id of [first!, second!, third!]) await tab.store.run(id);
  expect(state(tab, first!).phase).toBe('running');
  expect(state(tab, second!).phase).toBe('waiting');
  await tab.store.pause(second!);
  expect(state(tab, second!).phase).toBe('paused');
  await tab.store.run(second!);
  await Promise.all([first!, second!, third!].map((id) => ends(tab, id)));
  const running = tab.news.filter(({ phase }) => phase === 'running').map(({ id }) => id);
  expect([...new Set(running)]).toEqual([first, third, second]);
  expect(running).toEqual(
    running.toSorted((a, b) => [first, third, second].indexOf(a) - [first, third, second].indexOf(b)),
  );
});

it('trains the start of an experiment once, and keeps what was learned over a reload', async () => {
  const gate = gatedHost('experiment start', 'applyGradient', 3);
  const tab = openTab(undefined, gate.host);
  const id = (await tab.store.create(TRAINED_START))!;
  await tab.store.run(id);
  await gate.reached;
  const paused = tab.store.pause(id);
  gate.open();
  await paused;
  expect(await workFolders(tab, id)).toEqual(['starts']);

  const counted = gatedHost('experiment start', 'applyGradient', 0);
  const later = openTab(tab.library.database.name, counted.host);
  await until(later, id, ({ phase }) => phase === 'paused');
  await later.store.run(id);
  await ends(later, id);
  expect(counted.calls()).toBe(6 - gate.calls());
  expect(withoutRun(await resultsOf(later, id))).toEqual(withoutRun(await direct(TRAINED_START)));
});

it('writes a file that another browser opens, and goes on with', async () => {
  // Stands still in its second run.
  const gate = gatedHost('experiment', 'generate', 11);
  const tab = openTab(undefined, gate.host);
  const id = (await tab.store.create(TINY))!;
  await tab.store.run(id);
  await gate.reached;
  const paused = tab.store.pause(id);
  gate.open();
  await paused;
  const { done } = state(tab, id).cells;
  expect(done).toBe(1);
  const saved = (await tab.store.save(id, 'results'))!;
  expect(saved.name).toBe('tiny.results.json');
  const read = await readResults(new Uint8Array(await saved.file.arrayBuffer()), saved.name);
  expect(read.cells).toHaveLength(done);

  const other = openTab();
  const copy = (await other.store.open(saved.file, saved.name))!;
  expect(entryOf(other, copy)).toMatchObject({ origin: saved.name, definition: parseExperiment(TINY) });
  expect(state(other, copy)).toMatchObject({ phase: 'paused', isBegun: false, cells: { done, total: 4 } });
  expect(await resultsOf(other, copy)).toEqual(read.cells.map(lasting));
  await other.store.run(copy);
  await ends(other, copy);
  await expectWhole(other, copy);
  const tables = (await other.store.save(copy, 'tables'))!;
  expect(tables.name).toBe('tiny.zip');
  // Beside what is there: an experiment is never replaced.
  expect(await other.store.open(new Blob([JSON.stringify(TINY)]), 'tiny.json')).not.toBe(copy);
  expect(other.store.getState().list).toHaveLength(2);
});

it('tells in one sentence what is wrong with a file or a definition, and stores nothing of it', async () => {
  const tab = openTab();
  const id = (await tab.store.create(TINY))!;
  await tab.store.run(id);
  await ends(tab, id);
  const text = await (await tab.store.save(id, 'results'))!.file.text();
  const other = text.replaceAll('"seed":3', '"seed":5');
  const bad: [string, RegExp][] = [
    ['not JSON', /^x\.json .*\.$/],
    ['[]', /^x\.json: .*\.$/],
    [text.slice(0, -40), /^x\.json .*\.$/],
    [text.replace('"correct":', '"korrekt":'), /^x\.json holds no results: .*\.$/],
    [text.replace('"version":1', '"version":7'), /^x\.json holds no results: .*\.$/],
    [other, /^x\.json: The result of .* is of another experiment than tiny\.$/],
    [JSON.stringify({ ...TINY, seeds: [] }), /^x\.json: seeds is not accepted: .*\.$/],
  ];
  for (const [content, message] of bad) {
    expect(await tab.store.open(new Blob([content]), 'x.json')).toBeNull();
    expect(tab.store.getState().failure).toMatch(message);
    expect(tab.store.getState().failure).not.toMatch(/\n/);
  }
  expect(await tab.store.create({ ...TINY, steps: -1 })).toBeNull();
  expect(tab.store.getState().failure).toMatch(/^steps is not accepted: .*\.$/);
  await tab.store.refresh();
  expect(tab.store.getState().list).toHaveLength(1);
  await expectWhole(tab, id);
});

it('says why it failed, and may be run again', async () => {
  let isBroken = true;
  const host = cpuHost((engine) => {
    const { applyGradient } = engine;
    return Object.assign(engine, {
      applyGradient: (options: Parameters<typeof applyGradient>[0]) =>
        isBroken ? Promise.reject(new Error('The machine is on fire.')) : applyGradient.call(engine, options),
    });
  });
  const tab = openTab(undefined, host);
  const id = (await tab.store.create(TINY))!;
  await tab.store.run(id);
  await until(tab, id, ({ phase }) => phase === 'failed');
  expect(state(tab, id)).toMatchObject({ notice: 'The machine is on fire.', cells: { done: 0, total: 4 } });
  isBroken = false;
  await tab.store.run(id);
  await ends(tab, id);
  expect(state(tab, id).notice).toBeNull();
  await expectWhole(tab, id);
});

it('measures what an experiment would take, and can be stopped', async () => {
  const host = cpuHost();
  const tab = openTab(undefined, host);
  const shares: number[] = [];
  const options = { onProgress: ({ done }: { done: number }) => void shares.push(done) };
  const trained = await tab.client.call('experiment/estimate', { definition: TINY }, options);
  expect(trained).toMatchObject({ cells: 4, startSeconds: 0, backend: 'cpu' });
  expect(trained.seconds).toBeCloseTo(4 * (2 * trained.stepSeconds! + 3 * trained.evaluationSeconds), 9);
  expect(trained.evaluationSeconds).toBeGreaterThan(0);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);

  const evaluated = await tab.client.call('experiment/estimate', {
    definition: { ...TINY, steps: 0, arms: [{ name: 'one' }] },
  });
  expect(evaluated).toMatchObject({ cells: 2, stepSeconds: null });
  expect(evaluated.seconds).toBeCloseTo(2 * evaluated.evaluationSeconds, 9);

  await tab.store.estimate(TRAINED_START);
  const [made] = [...tab.store.getState().estimates.values()];
  expect(made!.startSeconds).toBeGreaterThan(0);

  const abort = new AbortController();
  const stopped = tab.client.call(
    'experiment/estimate',
    { definition: TINY },
    { signal: abort.signal, onProgress: () => abort.abort() },
  );
  await expect(stopped).rejects.toThrow(/cancelled/);
  await expect.poll(() => host.kept.size, { timeout: 30_000 }).toBe(0);
  await tab.store.estimate({ ...TINY, seeds: 'none' });
  expect(tab.store.getState()).toMatchObject({
    estimating: null,
    failure: expect.stringMatching(/^seeds is not accepted: /),
  });
});
