// What a run survives: a reload, a crash of the tab, a lost GPU; and that two tabs do not train it at once.

import { expect, type Page } from '@playwright/test';
import { engineOpen, keepDevice, loseDevice, openLaboratory, test } from './page.ts';

/** Small steps, so that a software GPU makes several in a test. */
const SMALL = '#v=1&room=train&prompts=2&group=4&checkpointEvery=2';

/** 'Running · step 12', wherever the reader is. */
const chip = (page: Page) => page.getByRole('banner').getByRole('button', { name: /^(Running|Paused|Stopped|No run)/ });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const startRun = (page: Page) => button(page, 'Start a run').click();
const reaches = (page: Page, step: number) =>
  expect
    .poll(async () => Number(/\d+/.exec(await chip(page).innerText())?.[0] ?? -1), { timeout: 100_000 })
    .toBeGreaterThanOrEqual(step);

interface Stored {
  readonly name: string;
  readonly state: string;
  readonly step: number;
  /** Steps whose metrics and whose rollouts are stored. */
  readonly rows: readonly number[];
  readonly rollouts: readonly number[];
}

/** The runs as they lie in the browser's storage. */
const stored = (page: Page): Promise<readonly Stored[]> =>
  page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await answer(indexedDB.open('multi-temperature-laboratory'));
    const reading = database.transaction(['runs', 'steps', 'rollouts']);
    const stepsOf = async (store: string, id: string) =>
      (await answer(reading.objectStore(store).getAllKeys(IDBKeyRange.bound([id], [id, []])))).map(
        (key) => (key as [string, number])[1],
      );
    const runs = await answer(reading.objectStore('runs').getAll());
    const found = await Promise.all(
      runs.map(async ({ id, name, state, step }) => ({
        name,
        state,
        step,
        rows: await stepsOf('steps', id),
        rollouts: await stepsOf('rollouts', id),
      })),
    );
    database.close();
    return found;
  });

/** Nothing lost, nothing doubled. */
async function expectWhole(page: Page, least: number): Promise<Stored> {
  const runs = await stored(page);
  expect(runs).toHaveLength(1);
  const [run] = runs;
  expect(run!.step).toBeGreaterThanOrEqual(least);
  const steps = Array.from({ length: run!.step }, (_, step) => step);
  expect(run!.rows).toEqual(steps);
  expect(run!.rollouts).toEqual(steps);
  return run!;
}

test('a reload in the midst of training offers to go on, and every step is there once', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await startRun(page);
  await reaches(page, 2);
  await page.reload();
  await engineOpen(page);
  await expect(page.locator('.start .notice')).toContainText('closed or crashed while it ran');
  const { step } = await expectWhole(page, 2);
  await button(page, 'Go on').click();
  await reaches(page, step + 1);
  await button(page, 'Pause').click();
  await expect(chip(page)).toHaveAttribute('data-phase', 'paused');
  await expectWhole(page, step + 1);
});

test('a crash of the tab costs no finished step', async ({ context, page }) => {
  await openLaboratory(page, SMALL);
  await startRun(page);
  await reaches(page, 1);
  const crashed = page.waitForEvent('crash');
  void page.goto('chrome://crash').catch(() => undefined);
  await crashed;
  const next = await context.newPage();
  await openLaboratory(next, SMALL);
  const { step } = await expectWhole(next, 1);
  await button(next, 'Go on').click();
  await reaches(next, step + 1);
});

test('a GPU that is lost in the midst of a step is replaced, and the run goes on', async ({ page }) => {
  await keepDevice(page);
  await openLaboratory(page, SMALL);
  await startRun(page);
  await reaches(page, 1);
  await loseDevice(page);
  await expect(page.locator('.run-bar .notice')).toContainText('The run went on from its last save');
  await reaches(page, 2);
  await button(page, 'Pause').click();
  await expect(chip(page)).toHaveAttribute('data-phase', 'paused');
  await expectWhole(page, 2);
});

test('a second tab is told that the run is open in the first', async ({ context, page }) => {
  await openLaboratory(page, SMALL);
  await startRun(page);
  await button(page, 'Pause').click();
  await expect(chip(page)).toHaveAttribute('data-phase', 'paused');
  const other = await context.newPage();
  await openLaboratory(other, SMALL);
  await button(other, 'Open, paused').click();
  await expect(other.locator('.start')).toContainText(
    'is open in another tab: pause and close it there to go on here.',
  );
});
