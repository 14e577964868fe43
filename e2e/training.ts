// How tests follow a training run.

import { expect, type Locator, type Page } from '@playwright/test';

/** Steps that take about a second on a software GPU. */
export const SMALL_RUN = '#v=1&room=train&prompts=4&group=4';

export const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true });

/** Puts a number into a field. */
export async function fill(within: Page | Locator, label: string, value: number): Promise<void> {
  const field = within.getByRole('textbox', { name: label, exact: true });
  await field.fill(String(value));
  await field.press('Enter');
}

/** What the run does, in words. */
export const runStatus = (page: Page) => page.getByRole('tabpanel', { name: 'Train' }).getByRole('status').first();

/** The number of finished steps that the header names. */
export async function stepsShown(page: Page): Promise<number> {
  const chip = page.getByRole('banner').getByRole('button', { name: /^(Running|Paused|Stopped|No run)/ });
  return Number(/step (\d+)/.exec((await chip.textContent()) ?? '')?.[1] ?? 0);
}

/** Waits until so many steps are done. */
export async function stepsDone(page: Page, steps: number): Promise<void> {
  await expect.poll(() => stepsShown(page), { timeout: 100_000 }).toBeGreaterThanOrEqual(steps);
}

/** Pauses, and waits until the stage under way is done. */
export async function pause(page: Page): Promise<void> {
  await button(page, 'Pause').click();
  await expect(runStatus(page)).toHaveText(/^Paused/);
}
