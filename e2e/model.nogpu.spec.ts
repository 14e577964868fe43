// The Real model room without WebGPU: a model runs on the CPU, and the room says that it does, and why.

import { expect } from '@playwright/test';
import { openLaboratory, test } from './page.ts';
import { button } from './training.ts';

const LOADING = { timeout: 120_000 };

test('steps a model on the CPU, and says so', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=model&group=2');
  await page.getByRole('tab', { name: 'Trained here' }).click();
  await button(page, 'Export it in memory').click();
  const runsOn = page.getByLabel('Runs on');
  await expect(runsOn).toHaveValue('wasm');
  await expect(runsOn.locator('option', { hasText: 'WebGPU' })).toBeDisabled();
  const why = /This browser has no WebGPU\.|The browser has WebGPU, but gives this page no GPU\./;
  await expect(page.getByRole('region', { name: 'The chosen model' })).toContainText(why);
  await button(page, 'Load the model').click();
  await button(page, 'Roll out 2').click(LOADING);
  const bar = page.getByRole('status').filter({ hasText: 'wasm on the CPU' });
  await expect(bar).toContainText('the CPU (WebAssembly, one thread)');
  await expect(bar).toContainText(why);
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  const tokens = page.getByRole('gridcell', { name: /entropy .* nats$/ });
  expect(await tokens.count()).toBeGreaterThan(10);
});
