import { expect, test } from '@playwright/test';
import { glyphs, openLaboratory, tokens } from './page.ts';

test('says when the engine cannot be loaded, and starts again', async ({ page }) => {
  await page.route('**/assets/worker-*.js', (route) => route.abort());
  await page.goto('/');
  await expect(page.locator('.failure')).toContainText('The engine stopped: its program could not be loaded.');
  await expect(tokens(page)).toHaveCount(0);
  await page.unroute('**/assets/worker-*.js');
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(tokens(page)).toHaveCount(96);
  await expect(page.locator('.failure')).toHaveCount(0);
});

test('starts again after the worker broke down in the middle', async ({ page }) => {
  await openLaboratory(page);
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown by the test');
    });
  });
  await expect(page.locator('.failure')).toContainText('thrown by the test');
  await page.getByRole('button', { name: 'Start again' }).click();
  await expect(page.locator('.failure')).toHaveCount(0);
  const before = await glyphs(page);
  await page.getByRole('button', { name: 'New noise' }).click();
  await expect.poll(() => glyphs(page)).not.toEqual(before);
});
