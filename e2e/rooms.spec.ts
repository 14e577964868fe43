// The Evaluate and Learn rooms on a real GPU.

import { expect } from '@playwright/test';
import { openLaboratory, test } from './page.ts';

test('measures a policy at three temperatures, with an interval in each cell', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=evaluate');
  await page.getByRole('textbox', { name: 'n, rollouts a prompt' }).fill('4');
  await page.getByRole('textbox', { name: 'prompts', exact: true }).fill('8');
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  const cells = page.getByRole('table').getByRole('button');
  await expect(cells).toHaveCount(3);
  for (const cell of await cells.all()) await expect(cell).toHaveText(/^\d+\.\d % \d+\.\d – \d+\.\d/);
  await cells.first().click();
  await expect(page.getByRole('row', { name: /^pass@4 / })).toBeVisible();
  await expect(page.getByText('8 prompts × 4, seed 0')).toBeVisible();
  // What is known is kept as it is, and only the new column is measured.
  const known = await cells.allTextContents();
  await page
    .getByRole('group', { name: 'evaluation temperatures' })
    .getByRole('button', { name: 'Add', exact: true })
    .click();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(cells).toHaveCount(4);
  expect((await cells.allTextContents()).filter((text) => known.includes(text)).length).toBeGreaterThanOrEqual(3);
});

test('measures the entropies of every task', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=evaluate');
  await page.getByRole('button', { name: 'Measure all tasks' }).click();
  await expect(page.getByRole('button', { name: 'Measure all tasks' })).toBeDisabled();
  await expect(page.getByRole('img', { name: /separation \d\.\d\d$/ }).first()).toBeVisible();
  await page.getByRole('button', { name: /^(Cancel|Stop)/ }).click();
  await expect(page.getByRole('button', { name: 'Measure all tasks' })).toBeEnabled();
});

test('explains with figures that the reader turns', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn');
  await expect(page.getByTestId('learn-entropy')).toHaveText(/^\d\.\d{3} nats$/);
  const entropy = await page.getByTestId('learn-entropy').textContent();
  const passage = page.getByRole('toolbar', { name: /^Worked example/ });
  await passage.getByRole('button').first().focus();
  await page.keyboard.press('End');
  await expect(passage.getByRole('button').last()).toBeFocused();
  await expect(page.getByTestId('learn-entropy')).not.toHaveText(entropy!);

  // One right rollout among wrong ones teaches; all alike teach nothing.
  const group = page.getByTestId('learn-group');
  await expect(group).toHaveText(/^mean \d\.\d{3}/);
  const rewards = page.getByRole('button', { name: /^R = / });
  for (const reward of await rewards.all()) if ((await reward.textContent()) === 'R = 1') await reward.click();
  await expect(group).toContainText('a dead group: no signal');
  await rewards.first().click();
  await expect(group).not.toContainText('dead');

  const gate = page.getByTestId('learn-gate');
  await expect(gate).toHaveText(/recall \d+ %/);
  const k = page.getByRole('slider', { name: 'k, the cold fraction, slider' });
  await k.press('End');
  await expect(gate).toContainText('recall 0 %');
  await page.getByText('Why not simply heat every token, to explore more?').click();
  await expect(page.getByText('Heat at forks explores')).toBeVisible();
});
