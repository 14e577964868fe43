// The Train room on a real GPU: steps, their charts, and what acts on them. (What a run survives: resume.spec.ts.)

import { expect, type Page } from '@playwright/test';
import { openLaboratory, test } from './page.ts';
import { button, pause, runStatus, SMALL_RUN, stepsDone, stepsShown } from './training.ts';

const cursor = (page: Page, chart: string) => page.getByRole('slider', { name: `${chart}: training step` });

/** The rows of a chart's table, oldest first: step and values. */
async function valuesOf(page: Page, chart: string): Promise<string[][]> {
  const table = page.getByRole('region', { name: `${chart}: values` }).getByRole('table');
  if ((await table.count()) === 0) {
    await page.getByRole('button', { name: `${chart}: axis, values, files` }).click();
    await page.getByRole('menuitem', { name: 'Values as a table' }).click();
    await expect(table).toBeVisible();
  }
  const rows = await table
    .locator('tbody tr')
    .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  return rows.reverse();
}

test('trains five steps and shows the reward of each', async ({ page }) => {
  await openLaboratory(page, SMALL_RUN);
  await button(page, 'Start a run').click();
  await stepsDone(page, 5);
  await pause(page);
  const steps = await stepsShown(page);
  const rows = await valuesOf(page, 'Reward');
  expect(rows.map(([step]) => step)).toEqual(Array.from({ length: steps }, (_, step) => String(step)));
  for (const [, reward] of rows) {
    expect(Number(reward)).toBeGreaterThanOrEqual(0);
    expect(Number(reward)).toBeLessThanOrEqual(1);
  }
  // The chart reads out any step by keyboard.
  await cursor(page, 'Reward').press('Home');
  await expect(cursor(page, 'Reward')).toHaveAttribute('aria-valuetext', /^step 0: reward [\d.e−-]+, pass@G/);
  await expect(page.getByText(/tokens\/s · .* a step: collect/)).toBeVisible();

  // A slider acts on the run.
  await button(page, 'One step').click();
  await stepsDone(page, steps + 1);
  await expect(runStatus(page)).toHaveText(/^Paused after/);
  const live = page.getByRole('tabpanel', { name: 'Train' }).getByRole('group').filter({ hasText: 'While it runs' });
  await live.getByRole('slider', { name: 'T high, slider' }).press('ArrowRight');
  await expect(live).toContainText(/Before the next stage: T_high 1\.25/i);
  await page.getByRole('main').focus();
  await page.keyboard.press('ArrowRight');
  await stepsDone(page, steps + 2);
  await expect(runStatus(page)).toHaveText(/^Paused/);
  expect((await valuesOf(page, 'Temperatures in force')).at(-1)).toEqual([String(steps + 1), '1.25', '0.8']);

  // What was answered, and what it earned.
  await page.getByRole('tab', { name: 'Rollouts' }).click();
  await expect(page.getByText(`Rollouts of step ${steps + 1}, the last`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Rollouts' }).getByRole('row')).toHaveCount(5);
});

test('stands after a reload where it stood before', async ({ page }) => {
  await openLaboratory(page, SMALL_RUN);
  await button(page, 'Start a run').click();
  await stepsDone(page, 2);
  await pause(page);
  const before = await valuesOf(page, 'Reward');

  const stood = await runStatus(page).textContent();
  await page.reload();
  await expect(page.getByText('Nothing is lost but the stage that was under way.')).toBeVisible();
  await button(page, 'Open, paused').click();
  await expect(runStatus(page)).toHaveText(stood!);
  expect(await valuesOf(page, 'Reward')).toEqual(before);
});
