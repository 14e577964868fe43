// What axe says of a page.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** @param part selector of what to look at; default: the whole page */
export async function expectAccessible(page: Page, part?: string): Promise<void> {
  const axe = new AxeBuilder({ page });
  if (part !== undefined) {
    await expect(page.locator(part)).toBeVisible();
    axe.include(part);
  }
  const { violations } = await axe.analyze();
  const sentences = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`),
  );
  expect(sentences).toEqual([]);
}
