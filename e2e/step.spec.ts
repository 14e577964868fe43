// The Step room on a real GPU: from the first visit to a sampled token, and what sliders, threshold and branches do to it.

import { expect, type Page } from '@playwright/test';
import { openLaboratory, slider, test } from './page.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const token = (page: Page) => page.getByRole('region', { name: 'The token' });
const cells = (page: Page) => page.getByRole('gridcell', { name: /entropy .* nats$/ });
const gate = (page: Page, row: string | RegExp) =>
  page.getByRole('table', { name: 'The gate over all revealed tokens' }).getByRole('row', { name: row });
const threshold = (page: Page) => page.getByRole('slider', { name: 'Threshold' });
const score = (page: Page) => page.getByRole('region', { name: 'The score' });
const branches = (page: Page) => page.getByRole('region', { name: 'Branches' });
/** Tokens that were not taken at the place that is looked at; a press on one branches there. */
const alternatives = (page: Page) => page.getByRole('button', { name: /branch here$/ });

/** A group that costs little: four rollouts of a problem whose answer is long enough to have forks. */
const SMALL = '#v=1&group=4';

test('shows a sampled token to a first visitor, and the next at a press', async ({ page }) => {
  await page.goto('/');
  await expect(cells(page)).toHaveCount(1);
  await expect(token(page).getByRole('heading')).toHaveText('Token 1');
  await expect(token(page)).toContainText(/H \d\.\d{3}.*τ \d/);
  await expect(page.getByRole('table', { name: /^Next-token distribution/ }).getByRole('row')).toHaveCount(11);
  await button(page, 'Next token').click();
  await expect(cells(page)).toHaveCount(2);
  await expect(token(page).getByRole('heading')).toHaveText('Token 2');
});

test('obeys the sliders at the next token, and leaves those before it', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await expect(cells(page)).toHaveCount(1);
  const before = await cells(page).first().getAttribute('aria-label');
  // k = 0: everything is above the threshold but what equals the smallest; k = 1: nothing is.
  await slider(page, 'k, cold share').press('End');
  await slider(page, 'T low').press('Home');
  await button(page, 'Next token').click();
  await expect(cells(page)).toHaveCount(2);
  await expect(cells(page).nth(1)).toHaveAttribute('aria-label', /cold/);
  await expect(token(page)).toContainText(/▼ cold\s*→\s*τ 0\.10/);
  await slider(page, 'k, cold share').press('Home');
  await slider(page, 'T high').press('End');
  await expect(async () => {
    await button(page, 'Next token').click();
    await expect(token(page)).toContainText(/▲ hot\s*→\s*τ 2\.50/, { timeout: 1_000 });
  }).toPass();
  await expect(cells(page).first()).toHaveAttribute('aria-label', before!);
  await expect(cells(page).nth(1)).toHaveAttribute('aria-label', /cold/);
});

test('labels recorded tokens anew as the threshold is dragged, by pointer and by keyboard', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  const count = await cells(page).count();
  const hot = async (row: string | RegExp) => Number(await gate(page, row).getByRole('cell').first().textContent());
  const recorded = await hot('as recorded');
  expect(recorded).toBeGreaterThan(0);

  // By pointer, to the right end: no entropy is above it.
  const line = await threshold(page).boundingBox();
  const y = line!.y + line!.height / 2;
  await page.mouse.move(line!.x + line!.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(line!.x + 60, y, { steps: 5 });
  await page.mouse.move(line!.x + 2_000, y, { steps: 5 });
  await page.mouse.up();
  await expect(gate(page, /^at /).getByRole('cell').first()).toHaveText('0');
  await expect(page.getByRole('gridcell', { name: /, cold, / })).toHaveCount(count);
  await expect(gate(page, 'as recorded').getByRole('cell').first()).toHaveText(String(recorded));

  // By keyboard, to the left end: every entropy above 0 is hot.
  await threshold(page).press('Home');
  await expect(threshold(page)).toHaveAttribute('aria-valuenow', '0');
  expect(await hot(/^at /)).toBeGreaterThan(recorded);
  await threshold(page).press('Shift+ArrowRight');
  await expect(threshold(page)).toHaveAttribute('aria-valuenow', '0.1');

  await button(page, 'Back to recorded').click();
  await expect(page.getByRole('gridcell', { name: /, hot, / })).toHaveCount(recorded);
  await threshold(page).press('Home');
  await threshold(page).press('Shift+ArrowRight');
  await button(page, 'Apply as absolute threshold').click();
  await expect(page).toHaveURL(/sampler\.threshold=.*absolute/);
});

test('branches with the same and with fresh noise, and scores each outcome', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  await cells(page).first().click();
  await expect(token(page).getByRole('heading')).toHaveText('Token 1');
  const others = page.getByRole('row', { name: /^2 / }).getByRole('gridcell');
  const unchanged = await others.allTextContents();

  await alternatives(page).first().click();
  await expect(branches(page).getByRole('listitem')).toHaveCount(2);
  await expect(branches(page).getByRole('listitem').nth(1)).toContainText('rollout 1, token 1');
  expect(await others.allTextContents()).toEqual(unchanged);
  await expect(branches(page).getByRole('listitem').nth(1)).toContainText(/R -?\d+(\.\d+)? → -?\d/);

  await page.getByRole('radio', { name: 'fresh noise' }).click();
  await cells(page).first().click();
  await alternatives(page).nth(1).click();
  await expect(branches(page).getByRole('listitem')).toHaveCount(3);
  await expect(branches(page).getByRole('listitem').filter({ hasText: 'fresh noise' })).toHaveCount(1);
  await branches(page)
    .getByRole('button', { name: /^as sampled/ })
    .click();
  expect(await others.allTextContents()).toEqual(unchanged);
});

test('fills the formula with the numbers of the token, before and after updates', async ({ page }) => {
  await openLaboratory(page, '#v=1&group=4&problem=1');
  await expect(score(page)).toContainText('every rollout must be finished');
  await button(page, 'Reveal the group').click();
  await expect(score(page).getByRole('definition').first()).toContainText(/\d/);
  await expect(score(page)).toContainText(/audit \d\.\de-\d/);
  const ladder = page.getByRole('region', { name: 'The group by temperature' });
  await expect(ladder.getByRole('button', { name: /rollout \d, / })).toHaveCount(4);
  await page.getByRole('radiogroup', { name: 'Updates before this pass' }).getByRole('radio', { name: '1' }).click();
  await expect(score(page).getByRole('definition').first()).toContainText(/\d/);
});

test('plays, pauses and goes back by keyboard', async ({ page }) => {
  await openLaboratory(page, SMALL);
  await expect(cells(page)).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(cells(page)).toHaveCount(2);
  await page.keyboard.press('Space');
  await expect.poll(() => cells(page).count()).toBeGreaterThan(4);
  await page.keyboard.press('Space');
  await expect(button(page, 'Play')).toBeVisible();
  const played = await cells(page).count();
  await page.keyboard.press('ArrowLeft');
  await expect(cells(page)).toHaveCount(played - 1);
});

test('shows the same tokens to whoever opens a copied link', async ({ page, browser }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLaboratory(page, SMALL);
  await slider(page, 'T high').press('PageUp');
  await button(page, 'Next problem').click();
  await expect(page.getByText('held-out problem 2')).toBeVisible();
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  const tokens = await page.getByRole('grid').innerText();
  await button(page, 'Copy a link to these settings').click();
  await expect(page.getByText('The link is copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#v=1&problem=1&group=4&sampler\.temperature\.high=/);

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(link);
  await button(other, 'All').click();
  await expect(button(other, 'Next token')).toBeDisabled();
  expect(await other.getByRole('grid').innerText()).toBe(tokens);
  await elsewhere.close();
});
