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

export const engine = (page: Page) => page.locator('.engine');
export const roomTab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
/** Messages over the room. */
export const messages = (page: Page) => page.locator('.messages .notice');
/** A slider of the controls, by its label as it is read out: 'T high'. */
export const slider = (page: Page, label: string) =>
  page.getByRole('complementary', { name: 'Controls' }).getByRole('slider', { name: `${label}, slider` });

/** Waits until the page has an engine. */
export const engineOpen = (page: Page) => expect(engine(page)).toHaveAttribute('data-phase', 'open');

/** Opens the page, at a link if one is given, and waits for its engine. */
export async function openLaboratory(page: Page, link = ''): Promise<void> {
  await page.goto(`/${link}`);
  await engineOpen(page);
}

/** Lets a test lose the GPU: it is kept where the worker's global scope can reach it. To be called before the page opens. */
export async function keepDevice(page: Page): Promise<void> {
  const keep = `{
    const ask = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...wishes) {
      return (self.keptDevice = await ask.apply(this, wishes));
    };
  }\n`;
  await page.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: keep + (await response.text()) });
  });
}

interface DeviceHolder {
  keptDevice: GPUDevice;
  lostDevice?: GPUDevice;
}

/** Destroys the device that keepDevice kept, as a driver that fails would. */
export async function loseDevice(page: Page): Promise<void> {
  await page.workers()[0]!.evaluate(() => {
    const holder = self as unknown as DeviceHolder;
    holder.lostDevice = holder.keptDevice;
    holder.keptDevice.destroy();
  });
}

/** Waits for another device in the place of the one that was lost. */
export async function deviceReplaced(page: Page): Promise<void> {
  const isReplaced = () =>
    page.workers()[0]!.evaluate(() => {
      const { keptDevice, lostDevice } = self as unknown as DeviceHolder;
      return keptDevice !== lostDevice;
    });
  await expect.poll(isReplaced, { timeout: 60_000 }).toBe(true);
}
