import { expect } from '@playwright/test';
import { engine, messages, openLaboratory, test } from './page.ts';

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
