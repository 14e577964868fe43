// What every test of the page asks of it: no error in the console, no request to anybody else.

import { test as base, expect, type Page } from '@playwright/test';

export const test = base.extend({
  page: async ({ page, baseURL }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.context().on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== baseURL)
        complaints.push(`request to ${url}`);
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

/** Opens the page and waits until tokens are there. */
export async function openLaboratory(page: Page): Promise<void> {
  await page.goto('/');
  await expect(tokens(page)).toHaveCount(96);
}

export const tokens = (page: Page) => page.locator('.token');
export const glyphs = (page: Page) => tokens(page).locator('.glyph').allTextContents();
export const hotCount = async (page: Page) => Number.parseInt((await page.getByTestId('hot-count').textContent())!, 10);

/** Moves a slider as a person with a keyboard or a finger would: one input event with the new value. */
export const slide = (page: Page, label: RegExp, value: number) => page.getByLabel(label).fill(String(value));

export const fact = (page: Page, label: string) => page.locator(`[data-fact="${label}"]`);

/** The fact's leading number. */
export const numberOf = async (page: Page, label: string) =>
  Number.parseFloat((await fact(page, label).textContent())!.replace('−', '-'));
