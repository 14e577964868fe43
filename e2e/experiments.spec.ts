// Experiments in the page: a preset made small, run, stopped by a reload, taken to its end, saved and opened again; a
// sweep of one's own; and what a bad file gets.

import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { engineOpen, openLaboratory, test } from './page.ts';
import { button, fill } from './training.ts';

// Each run opens an engine on a software GPU.
test.describe.configure({ timeout: 1_800_000 });
const PATIENT = { timeout: 600_000 };

const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name });
const arms = (page: Page) => page.getByRole('region', { name: 'Table of arms' });
const sentences = (page: Page) => page.getByRole('region', { name: 'What may be said' });

async function openExperiments(page: Page): Promise<void> {
  await tab(page, 'Experiments').click();
  await expect(tab(page, 'Presets')).toBeVisible();
}

/** The numbers of every arm, without what a switch says. */
const numbers = async (page: Page) => (await arms(page).innerText()).replaceAll(/\s+/g, ' ');

async function openFile(page: Page, name: string, content: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Open a file …').click();
  await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: content });
}

test('runs a small preset through a reload, says what may be said, and opens what it saved', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=compare');
  await openExperiments(page);
  const preset = page.getByRole('listitem', { name: 'Robustness of a mixture' });
  await expect(preset).toContainText('not measured yet');
  await button(preset, 'Change its size …').click();
  await fill(preset, 'G, rollouts a prompt', 2);
  await fill(preset, 'prompts a step', 2);
  await fill(preset, 'seeds', 2);
  await fill(preset, 'training steps', 2);
  await fill(preset, 'evaluation prompts', 2);
  await fill(preset, 'rollouts an evaluation prompt', 2);
  await expect(preset).toContainText('With 2 seeds no difference can be named: at least 5 are needed.');
  await expect(preset).toContainText('10 runs: 5 arms × 2 seeds, 2 training steps each.');
  await button(preset, 'Start at this size').click();

  // The first results are told while the others are still made.
  await expect(page.locator('.looked .phase')).toHaveText(/running: [1-8] of 10 runs done/, PATIENT);
  await expect(arms(page)).toContainText('fixed 1', PATIENT);
  await page.reload();
  await engineOpen(page);
  await openExperiments(page);
  await tab(page, /^In this browser/).click();
  const item = page.getByRole('listitem', { name: 'Robustness of a mixture' });
  await expect(item).toContainText('paused');
  await expect(item).toContainText(/[1-9] of 10 runs done/);
  await button(item, 'Go on').click();
  await button(item, 'Results').click();
  await expect(page.locator('.looked .phase')).toHaveText('finished: 10 of 10 runs done', PATIENT);

  await expect(sentences(page)).toContainText('Nothing can be said yet of fixed 1.2 against fixed 1');
  await expect(sentences(page)).toContainText('at least 5 are needed');
  await expect(page.getByText(/mean of 2 seeds, range of the seeds/).first()).toBeVisible();
  await page.locator('.result-charts').first().scrollIntoViewIfNeeded();
  await expect(page.locator('.chart-band').first()).toBeAttached();
  await expect(page.locator('.chart-line.thin').first()).toBeAttached();
  await expect(page.getByRole('region', { name: 'Ladders' })).toBeVisible();

  const told = await numbers(page);
  const download = page.waitForEvent('download');
  await button(page, 'Save').click();
  await page.getByRole('menuitem', { name: 'Results as JSON' }).click();
  const saved = await readFile(await (await download).path());
  await button(page, 'All experiments').click();
  await openFile(page, 'cut.json', saved.subarray(0, saved.length / 2));
  await expect(page.getByRole('alert')).toHaveText(/^cut\.json .*\.$/);
  await expect(page.getByRole('listitem', { name: 'Robustness of a mixture' })).toHaveCount(1);

  await button(item, 'Remove …').click();
  await button(item, 'Delete').click();
  await expect(page.getByRole('listitem', { name: 'Robustness of a mixture' })).toHaveCount(0);
  await openFile(page, 'robustness.json', saved);
  await expect(page.locator('.looked .phase')).toHaveText('finished: 10 of 10 runs done');
  await expect(arms(page)).toContainText('mixture {1, 3}');
  expect(await numbers(page)).toBe(told);
});

test('sweeps over two settings of one’s own, and reads the heat map by keyboard', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=compare&prompts=2&group=2');
  await openExperiments(page);
  await tab(page, 'Make your own').click();
  const own = page.getByRole('form', { name: 'An experiment of your own' });
  await own.getByRole('textbox', { name: 'Name', exact: true }).fill('Queue and share');
  await button(own, 'Sweep over a setting').click();
  await own.getByLabel('Swept setting 1', { exact: true }).selectOption('sampler.threshold.coldFraction');
  await own.getByLabel('Values of swept setting 1').fill('0.2 and 0.8');
  await expect(own.getByRole('region', { name: 'Sweep' }).getByRole('alert')).toContainText('is not a number');
  await own.getByLabel('Values of swept setting 1').fill('0.2 to 0.8 in 2');
  await button(own, 'Sweep over a setting').click();
  await own.getByLabel('Swept setting 2', { exact: true }).selectOption('sampler.queue.capacity');
  await own.getByLabel('Values of swept setting 2').fill('50, 1000');
  await fill(own, 'seeds', 2);
  await fill(own, 'training steps', 0);
  await fill(own, 'evaluation prompts', 2);
  await fill(own, 'rollouts an evaluation prompt', 2);
  await expect(own).toContainText('8 runs: 1 arm × 4 places of the sweep × 2 seeds, no training.');
  await expect(own).toContainText('npm run headless -- experiment --file queue-and-share.json --out queue-and-share');
  await button(own, 'Start').click();

  await expect(page.locator('.looked .phase')).toHaveText('finished: 8 of 8 runs done', PATIENT);
  const sweep = page.getByRole('region', { name: 'Sweep' });
  await expect(sweep.getByRole('button', { name: /^\d\.\d{4}$/ })).toHaveCount(4);
  await sweep.getByRole('button').first().focus();
  await expect(sweep).toContainText(/coldFraction = 0\.2, capacity = 50: \d/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(sweep).toContainText(/coldFraction = 0\.8, capacity = 1000: \d.*2 seeds, range of seeds/);
});
