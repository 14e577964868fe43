// Policies that do not come with the page: made, chosen, measured, saved, opened and deleted; and the cost of the method.

import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { openLaboratory, roomTab, test } from './page.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const SMALL = '#v=1&room=train&task=parity&prompts=2&group=4';
const dialog = (page: Page) => page.locator('dialog[open]');

/** Makes a base of few steps, and closes its dialog. */
async function makeBase(page: Page): Promise<void> {
  await button(page, 'Pretrain a base …').click();
  await expect(page.getByRole('combobox', { name: 'Task', exact: true }).last()).toHaveValue('parity');
  await page.getByRole('combobox', { name: 'Size' }).selectOption('small');
  const steps = dialog(page).getByRole('textbox', { name: 'Steps' });
  await steps.fill('12');
  await steps.press('Enter');
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('mine');
  await button(page, 'Begin').click();
  await expect(dialog(page).getByRole('img', { name: /^Loss by step: .* after 12 steps\.$/ })).toBeVisible();
  await expect(dialog(page).getByText(/pass@16 [\d.]+ % of 64 held-out problems/)).toBeVisible();
}

test('makes a base and trains from it; the base survives a reload, is saved, opened again and deleted', async ({
  page,
}) => {
  await openLaboratory(page, SMALL);
  await makeBase(page);
  await button(page, 'Train from this base').click();
  await expect(page.locator('.run-chip').last()).toContainText(/step [1-9]/);
  await button(page, 'Pause').click();
  await expect(button(page, 'Play')).toBeVisible();

  await page.reload();
  await expect(page.locator('.engine')).toHaveAttribute('data-phase', 'open');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('what is stored');
  await page.keyboard.press('Enter');
  await expect(dialog(page).locator('.stored-item')).toHaveCount(2);
  const download = page.waitForEvent('download');
  await button(page, 'Save mine as a zip file').click();
  const saved = await (await download).path();
  const chosen = page.waitForEvent('filechooser');
  await button(page, 'Open files …').click();
  await (await chosen).setFiles({ name: 'again.zip', mimeType: 'application/zip', buffer: await readFile(saved) });
  await expect(dialog(page).getByText('“again” was opened as a policy for parity.')).toBeVisible();
  await expect(dialog(page).locator('.stored-item')).toHaveCount(3);
  await button(page, 'Delete everything …').click();
  await button(page, 'Delete everything').click();
  await expect(dialog(page).locator('.stored-item')).toHaveCount(0);
});

test('measures a base beside the one that comes with the page, and samples it', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await makeBase(page);
  await button(page, 'Close').click();
  await roomTab(page, 'Evaluate').click();
  await page.getByLabel('policy to add', { exact: true }).selectOption('mine');
  await button(page, 'Add').first().click();
  const prompts = page.getByRole('textbox', { name: 'prompts', exact: true });
  await prompts.fill('4');
  await prompts.press('Enter');
  await button(page, 'Evaluate').click();
  await expect(page.locator('.matrix-cell')).toHaveCount(6);
  await roomTab(page, 'Step').click();
  await page.getByLabel('policy', { exact: true }).selectOption('mine');
  await expect(page.getByLabel('policy', { exact: true })).toHaveValue(/"own"/);
  await expect(page.getByRole('tabpanel', { name: 'Step' }).getByRole('alert')).toHaveCount(0);
});

test('measures what the method costs', async ({ page }) => {
  await openLaboratory(page, SMALL);
  const cost = page.getByRole('region', { name: 'Cost of the method' });
  await expect(cost).toContainText('Not measured yet.');
  await cost.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(cost).toContainText(/Medians and quartiles of 12 pairs after a warm-up: 8 rows side by side/);
  await expect(cost).toContainText(/× \d+\.\d{3}/);
});
