// The Compare room's runs on a real GPU: two that differ in one setting, side by side.

import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { openLaboratory, roomTab, test } from './page.ts';
import { button, pause, SMALL_RUN, stepsDone } from './training.ts';

test.describe.configure({ timeout: 300_000 });

const room = (page: Page) => page.getByRole('tabpanel', { name: 'Compare' });
const table = (page: Page) => room(page).getByRole('region', { name: 'Table of runs' }).getByRole('table');
const chart = (page: Page, title: string) => room(page).getByRole('figure', { name: title, exact: true });

/** Rows of the table below the header: the texts of their cells. */
const rowsOf = (page: Page) =>
  table(page)
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? '')));

async function trainTwoSteps(page: Page, link: string): Promise<void> {
  await openLaboratory(page, link);
  await page.reload();
  await button(page, 'Start a run').click();
  await stepsDone(page, 2);
  await pause(page);
}

/** Two runs with T_high 1.2 and 1.6; the second one stays open. */
async function trainTwoRuns(page: Page): Promise<void> {
  await trainTwoSteps(page, SMALL_RUN);
  await trainTwoSteps(page, `${SMALL_RUN}&sampler.temperature.high=1.6`);
  await roomTab(page, 'Compare').click();
  await expect(table(page).locator('tbody tr')).toHaveCount(2);
}

test('tells a newcomer what to do, and leads there', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=compare');
  await expect(room(page).getByText('No run is stored in this browser yet.')).toBeVisible();
  await button(page, 'Go to the Train room').click();
  await expect(button(page, 'Start a run')).toBeVisible();
});

test('sets two runs side by side: what differs, their curves, and their numbers as a file', async ({ page }) => {
  await trainTwoRuns(page);
  await expect(table(page).getByRole('columnheader')).toHaveText([
    '',
    'run',
    'Thigh',
    'steps',
    'last',
    'highest',
    /^at \d+$/,
  ]);
  // The newest first, and every number is there.
  await expect.poll(async () => (await rowsOf(page)).map((cells) => cells[2])).toEqual(['1.6', '1.2']);
  await expect.poll(async () => (await rowsOf(page)).flat().filter((text) => text === '…')).toEqual([]);
  const [newest] = await rowsOf(page);
  expect(Number(newest![3])).toBeGreaterThanOrEqual(2);
  expect(Number(newest![4])).toBeGreaterThanOrEqual(0);

  // Both on each chart, and one cursor in all of them.
  const labels = chart(page, 'Reward').locator('.chart-legend li > span');
  await expect(labels).toHaveText(['T_high 1.6', 'T_high 1.2']);
  await expect(chart(page, 'Reward').locator('.chart-line')).toHaveCount(2);
  await page.getByRole('slider', { name: 'Reward: training step' }).press('Home');
  await expect(page.getByRole('slider', { name: 'Reward: pass@G: training step' })).toHaveAttribute(
    'aria-valuetext',
    /^step 0: T_high 1\.6 [\d.e−-]+, T_high 1\.2 [\d.e−-]+$/,
  );

  // As a file that is read back: every value of both runs, and what the legend says among them.
  const download = page.waitForEvent('download');
  await room(page).getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Metrics of the charts as CSV' }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  const [head, ...lines] = csv.trimEnd().split('\r\n');
  expect(head).toBe('run,name,hash,seed,step,tokens,minutes,metric,value');
  const values = lines.map((line) => {
    const [run, , , , step, , , metric, value] = line.split(',');
    return { run, step: Number(step), metric, value: Number(value) };
  });
  expect(new Set(values.map(({ run }) => run)).size).toBe(2);
  expect(new Set(values.map(({ metric }) => metric))).toContain('reward');
  const first = await chart(page, 'Reward').locator('.chart-legend output').first().textContent();
  const rewards = values.filter(({ step, metric }) => step === 0 && metric === 'reward').map(({ value }) => value);
  expect(rewards).toHaveLength(2);
  expect(rewards.map((reward) => Number(reward.toPrecision(6)))).toContain(Number(first));

  // One of them away: its line goes, its row stays.
  await table(page).locator('tbody').getByRole('switch').first().click();
  await expect(labels).toHaveCount(1);
  await expect(chart(page, 'Reward').locator('.chart-line')).toHaveCount(1);
  await expect(table(page).locator('tbody tr')).toHaveCount(2);
  // What is hidden stays hidden.
  await page.reload();
  await roomTab(page, 'Compare').click();
  await expect(table(page).locator('tbody').getByRole('switch').first()).toHaveAttribute('aria-checked', 'false');
});

test('compares two runs by keyboard, and lets go of one that is deleted', async ({ page }) => {
  await trainTwoRuns(page);
  const names = table(page).locator('tbody').getByRole('button');
  await names.first().focus();
  await page.keyboard.press('Space');
  const one = room(page).getByRole('region', { name: 'The chosen run' });
  await expect(one.getByText(/T_high 1\.6/)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(names.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  const differs = room(page).getByRole('region', { name: 'What differs' });
  await expect(differs.getByRole('row').filter({ hasText: 'Thigh' }).getByRole('cell')).toHaveText(['1.6', '1.2']);
  await expect(differs.getByRole('rowheader')).toHaveText(['Thigh', 'hash', ...(await stepsRow(page))]);
  const came = room(page).getByRole('region', { name: 'What it came to' });
  const [a, b, difference] = await came
    .getByRole('row')
    .filter({ hasText: /^Reward[\d.−-]/ })
    .getByRole('cell')
    .allTextContents();
  const numberOf = (text: string | undefined) => Number(text?.replace('−', '-'));
  expect(numberOf(difference)).toBeCloseTo(numberOf(b) - numberOf(a), 3);

  // Sorted up and down by what differs.
  const high = table(page).getByRole('columnheader').nth(2);
  await high.getByRole('button').press('Enter');
  await expect(high).toHaveAttribute('aria-sort', 'ascending');
  expect((await rowsOf(page)).map((cells) => cells[2])).toEqual(['1.2', '1.6']);

  // Another tab deletes the run that is not open.
  const other = await page.context().newPage();
  await openLaboratory(other, '#v=1&room=learn');
  await other.keyboard.press('Control+k');
  await other.keyboard.type('what is stored');
  await other.keyboard.press('Enter');
  await other
    .getByRole('button', { name: /^Delete / })
    .nth(1)
    .click();
  await other.getByRole('button', { name: 'Delete it' }).click();
  await expect(room(page).getByText(/^The run “.*” was deleted, here or in another tab\.$/)).toBeVisible();
  await expect(table(page).locator('tbody tr')).toHaveCount(1);
  await expect(room(page).getByRole('region', { name: 'What differs' })).toHaveCount(0);
});

/** 'steps' where the two runs made different numbers of them: the second is paused when a step is done. */
async function stepsRow(page: Page): Promise<string[]> {
  const steps = (await rowsOf(page)).map((cells) => cells[3]);
  return new Set(steps).size === 1 ? [] : ['steps'];
}
