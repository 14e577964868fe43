import { expect } from '@playwright/test';
import { glyphs, openLaboratory, test } from './page.ts';

test('says in a sentence why there is no GPU, and samples on the CPU', async ({ page }) => {
  const programs: string[] = [];
  page.context().on('request', (request) => programs.push(new URL(request.url()).pathname));
  await openLaboratory(page);
  // The engine that the page with a GPU never loads (see page.spec.ts).
  expect(programs).toContainEqual(expect.stringMatching(/\/assets\/engine-.*\.js$/));
  await expect(page.locator('.notice')).toHaveText(/WebGPU.*Sampling goes on with the CPU engine\./);
  await expect(page.locator('.badge')).toHaveText('CPU');
  const first = await glyphs(page);
  await page.getByRole('button', { name: 'New noise' }).click();
  await expect.poll(() => glyphs(page)).not.toEqual(first);
});
