import { expect } from '@playwright/test';
import { fact, glyphs, hotCount, numberOf, openLaboratory, slide, test, tokens } from './page.ts';

test('opens the engine in a worker, names the adapter, and loads no other engine', async ({ page }) => {
  const programs: string[] = [];
  page.context().on('request', (request) => {
    if (request.url().endsWith('.js')) programs.push(new URL(request.url()).pathname);
  });
  await openLaboratory(page);
  expect(programs.sort()).toEqual([
    expect.stringMatching(/\/assets\/index-/),
    expect.stringMatching(/\/assets\/worker-/),
  ]);
  await expect(page.locator('.badge')).toHaveText('WebGPU');
  await expect(page.getByTestId('adapter')).toHaveText(/\S{3}/);
  expect(page.workers().map((worker) => new URL(worker.url()).pathname)).toEqual([
    expect.stringMatching(/\/assets\/worker-.*\.js$/),
  ]);
});

test('samples the same tokens from the same seed, and others from new noise', async ({ page }) => {
  await openLaboratory(page);
  const first = await glyphs(page);
  await page.getByRole('button', { name: 'New noise' }).click();
  await expect.poll(() => glyphs(page)).not.toEqual(first);
  await page.reload();
  await expect(tokens(page)).toHaveCount(96);
  expect(await glyphs(page)).toEqual(first);
});

test('gates tokens by the threshold: all cold at k = 1, nearly all hot at k = 0', async ({ page }) => {
  await openLaboratory(page);
  await slide(page, /cold fraction/, 1);
  await expect.poll(() => hotCount(page)).toBe(0);
  await slide(page, /cold fraction/, 0);
  await expect.poll(() => hotCount(page)).toBeGreaterThan(80);
});

test('samples hot tokens at T_high and cold ones at T_low', async ({ page }) => {
  await openLaboratory(page);
  await slide(page, /high/, 2.5);
  await slide(page, /low/, 0.3);
  for (const [kind, tau] of [
    ['is-hot', '2.50'],
    ['is-cold', '0.30'],
  ] as const) {
    await page.locator(`.token.${kind}`).last().click();
    await expect(fact(page, 'temperature τ')).toHaveText(tau);
    const isAbove = (await numberOf(page, 'entropy H')) > (await numberOf(page, 'threshold'));
    expect(isAbove).toBe(kind === 'is-hot');
  }
});

test('shows the distribution that a token was drawn from, and its own log-probs agree', async ({ page }) => {
  await openLaboratory(page);
  await slide(page, /low/, 0.5);
  await page.locator('.token.is-cold').last().click();
  await expect(fact(page, 'temperature τ')).toHaveText('0.50');
  const percents = await page.locator('.distribution .chosen .percent').allTextContents();
  const [raw, cold] = percents.map((text) => Number.parseFloat(text) / 100);
  // The table rounds to a tenth of a percent.
  expect(Math.abs(raw! - Math.exp(await numberOf(page, 'log-prob at 1')))).toBeLessThan(6e-4);
  expect(Math.abs(cold! - Math.exp(await numberOf(page, 'log-prob at τ')))).toBeLessThan(6e-4);
  await expect(page.locator('.distribution tbody tr')).toHaveCount(27);
});

test('walks the tokens with the arrow keys', async ({ page }) => {
  await openLaboratory(page);
  await tokens(page).first().click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(fact(page, 'place')).toHaveText('rollout 2, token 2');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(fact(page, 'place')).toHaveText('rollout 2, token 1');
});

test('fits a wide screen and one of 390 pixels', async ({ page }) => {
  await openLaboratory(page);
  await expect(page.locator('.distribution')).toBeVisible();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  }
});
