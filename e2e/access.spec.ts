// axe finds nothing to object to: every room, both themes, wide and narrow, and what lies over the page.

import { expect } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { engineOpen, openLaboratory, test } from './page.ts';

// axe looks at every element: on a slow machine that takes a while.
test.describe.configure({ timeout: 300_000 });

const ROOMS = ['step', 'train', 'compare', 'evaluate', 'model', 'learn'] as const;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of SIZES)
    test(`axe: the rooms, ${colorScheme}, ${viewport.width} pixels wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      for (const room of ROOMS) {
        await openLaboratory(page, `#v=1&room=${room}&sampler.temperature.high=1.5`);
        // Another address behind the '#' alone does not load the page anew.
        await page.reload();
        await engineOpen(page);
        await expect(page.locator('.room:not([hidden]) .room-coming')).toHaveCount(0);
        await expectAccessible(page);
      }
    });

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe: controls, menu, dialogs and messages, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLaboratory(page, '#v=1&room=learn');
    for (const section of await page.locator('.controls-section').all()) {
      await section.locator('summary').click();
      await expectAccessible(page, '.controls-section[open]');
    }
    await page.getByRole('button', { name: 'About T high' }).click();
    await expectAccessible(page, '.help-text');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More' }).click();
    await expectAccessible(page, '.menu');
    await page.keyboard.press('Escape');
    for (const key of ['?', 'Control+k']) {
      await page.getByRole('main').focus();
      await page.keyboard.press(key);
      await expectAccessible(page, 'dialog[open]');
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type('export a policy');
    await page.keyboard.press('Enter');
    await expectAccessible(page, '.policy-export');
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      location.hash = '#v=1&seed=x';
    });
    await expectAccessible(page, '.messages .notice');
  });
