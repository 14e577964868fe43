// Everything by keyboard alone: no pointer is used in this file.

import { expect, type Page } from '@playwright/test';
import { openLaboratory, roomTab, slider, test } from './page.ts';
import { runStatus, stepsDone } from './training.ts';

const cells = (page: Page) => page.getByRole('gridcell', { name: /entropy .* nats$/ });
/** What has the focus, as it is read out. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });

/** Presses Tab until what is wanted has the focus; every stop on the way must be seen to have it. */
async function tabTo(page: Page, name: string | RegExp, most = 80): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab');
    const isMarked = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === null || element === document.body) return true;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    });
    const at = await focused(page);
    expect(isMarked, `the focus on "${at}" can be seen`).toBe(true);
    if (typeof name === 'string' ? at === name : name.test(at)) return;
  }
  throw new Error(`Tab does not lead to ${name}.`);
}

test('steps, branches and judges by keyboard alone', async ({ page }) => {
  await openLaboratory(page, '#v=1&group=4');
  await expect(cells(page)).toHaveCount(1);
  await tabTo(page, 'Skip to the room', 1);
  await page.keyboard.press('Enter');
  await tabTo(page, 'Next token');
  await page.keyboard.press('Enter');
  await expect(cells(page)).toHaveCount(2);
  await page.keyboard.press('End');
  await expect(page.getByRole('button', { name: 'Next token' })).toBeDisabled();

  // Among the tokens the arrows walk.
  await cells(page).first().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('region', { name: 'The token' }).getByRole('heading')).toHaveText('Token 2');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('region', { name: 'The token' })).toContainText('rollout 2');

  // Its distribution is computed meanwhile.
  await expect(page.getByRole('button', { name: /branch here$/ }).first()).toBeVisible();
  await tabTo(page, /branch here$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Branches' }).getByRole('listitem')).toHaveCount(2);
  await tabTo(page, 'Threshold');
  await page.keyboard.press('Home');
  await expect(page.getByRole('slider', { name: 'Threshold' })).toHaveAttribute('aria-valuenow', '0');
});

test('sets a slider, finds an action and trains a step by keyboard alone', async ({ page }) => {
  await openLaboratory(page, '#v=1&prompts=4&group=4');
  await tabTo(page, 'T high, slider');
  await page.keyboard.press('PageUp');
  await expect(slider(page, 'T high')).not.toHaveAttribute('aria-valuetext', '1.2');
  await page.keyboard.press('Control+z');
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.2');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('go to train');
  await page.keyboard.press('Enter');
  await expect(roomTab(page, 'Train')).toHaveAttribute('aria-selected', 'true');
  await tabTo(page, 'Start a run');
  await page.keyboard.press('Enter');
  await stepsDone(page, 1);
  await page.keyboard.press('Space');
  await expect(runStatus(page)).toHaveText(/^Paused/);
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Shortcuts' });
  for (const action of ['Play', 'One step', 'One stage', 'Find an action']) await expect(list).toContainText(action);
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
});
