import { expect } from '@playwright/test';
import { engine, messages, openLaboratory, test } from './page.ts';
import { button, pause, SMALL_RUN, stepsDone } from './training.ts';

test('says why there is no GPU and what to do, and goes on with the CPU', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn');
  await expect(engine(page).locator('.badge')).toHaveText('CPU');
  await expect(messages(page)).toContainText(/WebGPU.*The CPU engine takes its place/);
  await messages(page).getByRole('button', { name: 'What to do' }).click();
  const advice = page.getByRole('dialog', { name: 'Without WebGPU' });
  await expect(advice.getByRole('listitem').first()).toBeVisible();
  await advice.getByRole('button', { name: 'Go on with the CPU' }).click();
  await messages(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(messages(page)).toHaveCount(0);
  // It can be read again.
  await engine(page).getByRole('button', { name: 'Why?' }).click();
  await expect(advice).toBeVisible();
});

test('samples and trains on the CPU all the same', async ({ page }) => {
  await openLaboratory(page);
  await button(page, 'Next token').click();
  await expect(page.getByRole('gridcell', { name: /entropy .* nats$/ })).toHaveCount(2);
  await openLaboratory(page, SMALL_RUN);
  await button(page, 'Start a run').click();
  await stepsDone(page, 2);
  await pause(page);
  await expect(page.getByText('WebAssembly on the CPU').last()).toBeVisible();
});
