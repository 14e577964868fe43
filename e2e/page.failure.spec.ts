import { test as bare, expect } from '@playwright/test';
import {
  deviceReplaced,
  engine,
  engineOpen,
  keepDevice,
  loseDevice,
  messages,
  openLaboratory,
  slider,
  test,
} from './page.ts';

bare('says when the engine cannot be loaded, and starts again', async ({ page }) => {
  await page.route('**/assets/worker-*.js', (route) => route.abort());
  await page.goto('/');
  await expect(messages(page)).toContainText('The engine stopped: its program could not be loaded.');
  await expect(engine(page)).toHaveAttribute('data-phase', 'lost');
  await page.unroute('**/assets/worker-*.js');
  await page.getByRole('button', { name: 'Start again' }).click();
  await engineOpen(page);
  await expect(messages(page)).toHaveCount(0);
});

bare('starts again after the worker broke down in the middle', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn');
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown by the test');
    });
  });
  await expect(messages(page)).toContainText('thrown by the test');
  await page.getByRole('button', { name: 'Start again' }).click();
  await engineOpen(page);
  await expect(messages(page)).toHaveCount(0);
});

test('opens a lost GPU again by itself, says so, and keeps the settings', async ({ page }) => {
  await keepDevice(page);
  await openLaboratory(page, '#v=1&room=learn&sampler.temperature.high=1.5');
  await loseDevice(page);
  await expect(messages(page)).toContainText('It was opened again.');
  await engineOpen(page);
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.5');
  await messages(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(messages(page)).toHaveCount(0);
});

test('leaves a GPU that is lost again and again to the reader', async ({ page }) => {
  await keepDevice(page);
  await openLaboratory(page, '#v=1&room=learn');
  for (let loss = 1; loss <= 3; loss++) {
    await engineOpen(page);
    await loseDevice(page);
    await deviceReplaced(page);
  }
  await engineOpen(page);
  await loseDevice(page);
  await page.getByRole('button', { name: 'Start again' }).click();
  await engineOpen(page);
});
