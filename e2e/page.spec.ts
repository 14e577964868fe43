import { expect } from '@playwright/test';
import { engine, messages, openLaboratory, roomTab, slider, test } from './page.ts';

test('opens the engine in a worker, names the adapter, and loads no other engine', async ({ page }) => {
  const programs: string[] = [];
  page.context().on('request', (request) => programs.push(new URL(request.url()).pathname));
  await openLaboratory(page, '#v=1&room=learn');
  await expect(engine(page).locator('.badge')).toHaveText('WebGPU');
  await expect(page.getByTestId('adapter')).toHaveText(/\S{3}/);
  expect(page.workers().map((worker) => new URL(worker.url()).pathname)).toEqual([
    expect.stringMatching(/\/assets\/worker-.*\.js$/),
  ]);
  expect(programs.filter((path) => /\/assets\/engine-/.test(path))).toEqual([]);
});

test('goes through the rooms by keyboard, and back through the history', async ({ page }) => {
  await openLaboratory(page);
  await expect(roomTab(page, 'Step')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('6');
  await expect(roomTab(page, 'Learn')).toHaveAttribute('aria-selected', 'true');
  await roomTab(page, 'Learn').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(roomTab(page, 'Real model')).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tabpanel', { name: 'Real model' })).toBeVisible();
  await page.goBack();
  await expect(roomTab(page, 'Learn')).toHaveAttribute('aria-selected', 'true');
  await page.goBack();
  await expect(roomTab(page, 'Step')).toHaveAttribute('aria-selected', 'true');
  await page.goForward();
  await expect(roomTab(page, 'Learn')).toHaveAttribute('aria-selected', 'true');
});

test('opens the palette, finds an action and runs it, without a mouse', async ({ page }) => {
  await openLaboratory(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.type('preset dapo');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Preset' })).toHaveValue('dapo');
});

test('lists the shortcuts, and lets single keys be turned off', async ({ page }) => {
  await openLaboratory(page);
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Shortcuts' });
  await expect(list).toContainText('Undo the last edit of the settings');
  await list.getByRole('switch').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('4');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Find an action' })).toBeVisible();
  await expect(roomTab(page, 'Step')).toHaveAttribute('aria-selected', 'true');
});

test('edits, marks, undoes and redoes a setting', async ({ page }) => {
  await openLaboratory(page);
  await slider(page, 'T high').focus();
  await page.keyboard.press('ArrowRight');
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.25');
  await expect(page.getByRole('button', { name: "Set T high back to the preset's 1.2" })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.2');
  await page.keyboard.press('Control+Shift+z');
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.25');
});

test('writes a link of what differs, which opens the same settings elsewhere', async ({ page, context }) => {
  await openLaboratory(page);
  await page.getByRole('combobox', { name: 'Preset' }).selectOption('paper');
  await slider(page, 'T low').focus();
  await page.keyboard.press('ArrowLeft');
  await roomTab(page, 'Learn').click();
  await expect(page).toHaveURL(/#v=1&room=learn&preset=paper&sampler\.temperature\.low=0\.95$/);
  const elsewhere = await context.newPage();
  await elsewhere.goto(page.url());
  await expect(roomTab(elsewhere, 'Learn')).toHaveAttribute('aria-selected', 'true');
  await expect(elsewhere.getByRole('combobox', { name: 'Preset' })).toHaveValue('paper');
  await expect(slider(elsewhere, 'T low')).toHaveAttribute('aria-valuetext', '0.95');
});

test('refuses a broken link in one sentence and keeps the settings', async ({ page }) => {
  await openLaboratory(page, '#v=1&sampler.temperature.high=1.5');
  await page.evaluate(() => {
    location.hash = '#v=1&sampler.temperature.high=boiling';
  });
  await expect(messages(page)).toContainText('This link is not accepted: sampler.temperature.high is not accepted');
  await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.5');
  await messages(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(messages(page)).toHaveCount(0);
});

test('explains a control in a sentence with its source', async ({ page }) => {
  await openLaboratory(page);
  await page.getByRole('button', { name: 'About T high' }).click();
  await expect(page.getByRole('dialog', { name: 'About T high' })).toContainText('arXiv 2510.08892 equation 3.');
});

test('hides the controls for a wider room, and says in a line what they are set to', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn&sampler.temperature.high=1.5');
  await page.keyboard.press('\\');
  await expect(slider(page, 'T high')).toBeHidden();
  await page.getByRole('button', { name: 'Countdown · Ours + 1 · τ 1.5 / 0.8' }).click();
  await expect(slider(page, 'T high')).toBeVisible();
});

test('keeps a chosen theme', async ({ page }) => {
  await openLaboratory(page);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.reload();
  expect(await ground()).toBe(dark);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  expect(await ground()).not.toBe(dark);
});

test('fits from 360 pixels to ultra-wide, with the controls in reach', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn');
  for (const width of [2560, 1440, 1000, 768, 390, 360]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${width} pixels`).toBeLessThanOrEqual(0);
  }
  await expect(slider(page, 'T high')).toBeHidden();
  await page.getByRole('button', { name: 'Show the controls' }).click();
  await expect(slider(page, 'T high')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(slider(page, 'T high')).toBeHidden();
});

test('has an entry of at most 250 kB of compressed JavaScript, and nothing that moves while it opens', async ({
  page,
}) => {
  const bytes = new Map<string, number>();
  const sizes: Promise<void>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    // What the page itself runs; the worker is another program, which the page does not wait for.
    if (!pathname.endsWith('.js') || pathname.includes('/worker-')) return;
    sizes.push(
      response.body().then(async (body) => {
        const stream = new Blob([new Uint8Array(body)]).stream().pipeThrough(new CompressionStream('gzip'));
        bytes.set(pathname, (await new Response(stream).arrayBuffer()).byteLength);
      }),
    );
  });
  await openLaboratory(page);
  await page.waitForLoadState('networkidle');
  await Promise.all(sizes);
  expect(bytes.size).toBeGreaterThan(0);
  expect([...bytes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250_000);
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 500);
      }),
  );
  expect(shift).toBe(0);
});
