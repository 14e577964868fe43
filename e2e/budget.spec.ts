// The page stays light while it trains, and nothing in it moves by itself.

import { expect, type Page } from '@playwright/test';
import { engineOpen, openLaboratory, test } from './page.ts';
import { button, pause, SMALL_RUN, stepsDone } from './training.ts';

const LONGEST_TASK_MS = 100;
const STEPS = 5;
/** Watched beyond those steps, while the run goes on. */
const WATCHED_MS = 5000;

/** What of Chromium's trace is read. Times in microseconds: by the clock, and of them those that the thread ran. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
  readonly dur?: number;
  readonly tdur?: number;
}

/** The tasks of the page's main thread. */
function mainThreadTasks(trace: Buffer): readonly { readonly clockMs: number; readonly ownMs: number }[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && threads.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ clockMs: dur / 1000, ownMs: tdur / 1000 }));
}

test('trains without a long task on the main thread', async ({ page, browser }, info) => {
  await openLaboratory(page, SMALL_RUN);
  await button(page, 'Start a run').click();
  await stepsDone(page, 1);
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await stepsDone(page, 1 + STEPS);
  // A fast machine is through with its steps before the charts, drawn a few times a second, have cost anything.
  await page.waitForTimeout(WATCHED_MS);
  const tasks = mainThreadTasks(await browser.stopTracing());
  // The charts were drawn meanwhile.
  expect(tasks.length).toBeGreaterThan(10 * STEPS);
  const longest = (of: 'clockMs' | 'ownMs') => Math.max(...tasks.map((task) => task[of]));
  info.annotations.push({
    type: 'longest main-thread task',
    description: `${longest('ownMs').toFixed(0)} ms of its own, ${longest('clockMs').toFixed(0)} ms by the clock`,
  });
  // By the clock a task is as long as other programs let it be; the page answers for the time that its thread ran.
  expect(longest('ownMs')).toBeLessThanOrEqual(LONGEST_TASK_MS);
});

/** Writes down what moves without the reader's doing. To be called before the page opens. */
async function watchShifts(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    interface Shift extends PerformanceEntry {
      readonly value: number;
      readonly hadRecentInput: boolean;
      readonly sources: readonly { readonly node: Node | null }[];
    }
    const moved: string[] = [];
    const nameOf = (node: Node | null) =>
      node instanceof Element
        ? `${node.localName}.${node.className}`
        : `“${node?.textContent}” in .${node?.parentElement?.className}`;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[])
        if (!hadRecentInput) moved.push(`${value.toFixed(4)}: ${sources.map(({ node }) => nameOf(node)).join(', ')}`);
    }).observe({ type: 'layout-shift', buffered: true });
    Object.assign(globalThis, { moved });
  });
  return () => page.evaluate(() => (globalThis as unknown as { moved: readonly string[] }).moved);
}

/** Long enough for what comes late. */
const settle = (page: Page) => page.waitForTimeout(1000);

test('opens every room without anything that moves', async ({ page }) => {
  const moved = await watchShifts(page);
  for (const room of ['step', 'train', 'compare', 'evaluate', 'learn']) {
    await page.goto('about:blank');
    await openLaboratory(page, `#v=1&room=${room}`);
    await expect(page.getByRole('tabpanel', { name: new RegExp(room, 'i') })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await settle(page);
    expect(await moved(), room).toEqual([]);
  }
});

test('plays tokens and trains without anything that moves', async ({ page }) => {
  const moved = await watchShifts(page);
  await openLaboratory(page, '#v=1&prompts=4&group=4');
  await button(page, 'Play').click();
  await expect.poll(() => page.getByRole('gridcell', { name: /entropy/ }).count()).toBeGreaterThan(15);
  await button(page, 'Pause').click();
  await settle(page);
  expect(await moved(), 'step').toEqual([]);

  await page.getByRole('tab', { name: 'Train' }).click();
  await button(page, 'Start a run').click();
  await stepsDone(page, 3);
  await pause(page);
  await settle(page);
  expect(await moved(), 'train').toEqual([]);
  await engineOpen(page);
});
