// `npm run screenshots [-- ROOM ...]`: builds the page, fills every room (or the named ones) by using it, and takes
// pictures into screenshots/: ROOM-WIDTH-THEME.png is what a window shows, and with -whole the room from top to bottom.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensureInstalled, ROOT } from './setup.mjs';

const FOLDER = path.join(ROOT, 'screenshots');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ['light', 'dark'];
/** Enough for the charts to show lines. */
const TRAINING_STEPS = 12;
const PATIENCE_MS = 600_000;

/** How a reader comes to something worth seeing, room by room. */
const ROOMS = {
  step: async (page) => {
    const press = (name) => page.getByRole('button', { name, exact: true }).click();
    await page.goto('#v=1');
    await press('Next rollout');
    await press('Next rollout');
    for (let i = 0; i < 4; i++) await press('Next token');
    await page
      .getByRole('button', { name: /branch here$/ })
      .and(page.locator(':enabled'))
      .first()
      .waitFor();
  },
  'step-scored': async (page) => {
    await page.goto('#v=1&problem=1');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page
      .getByRole('gridcell', { name: /entropy/ })
      .nth(4)
      .click();
    await page
      .getByRole('button', { name: /branch here$/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Remove this branch' }).waitFor();
    await page.getByRole('slider', { name: 'Threshold' }).press('Shift+ArrowRight');
  },
  train: async (page) => {
    await page.goto('#v=1&room=train&prompts=8&group=8');
    await page.getByRole('button', { name: 'Start a run' }).click();
    const state = page.getByRole('banner').getByRole('button', { name: /^(Running|Paused)/ });
    const steps = async () => Number(/step (\d+)/.exec(await state.textContent())[1]);
    while ((await steps()) < TRAINING_STEPS) await page.waitForTimeout(250);
    await page.getByRole('button', { name: 'Pause' }).click();
    await state.getByText('Paused').waitFor();
  },
  evaluate: async (page) => {
    await page.goto('#v=1&room=evaluate');
    await page.getByRole('textbox', { name: 'n, rollouts a prompt' }).fill('8');
    await page.getByRole('textbox', { name: 'prompts', exact: true }).fill('16');
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await page.getByRole('table').getByRole('button').first().click();
    await page.getByRole('button', { name: 'Measure all tasks' }).and(page.locator(':enabled')).click();
    await page.getByRole('button', { name: 'Measure all tasks' }).and(page.locator(':enabled')).waitFor();
  },
  'model-choose': async (page) => {
    await page.goto('#v=1&room=model');
    await page.getByRole('heading', { name: 'Choose a language model' }).waitFor();
  },
  model: async (page) => {
    await loadPolicy(page);
    await page.getByRole('button', { name: 'Roll out 4' }).click();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    const cells = page.getByRole('gridcell', { name: /entropy/ });
    await cells.nth(9).click();
    await page
      .getByRole('button', { name: /branch here$/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'Branches' }).getByRole('listitem').nth(1).waitFor();
  },
  'model-draft': async (page) => {
    await loadPolicy(page);
    await page.getByRole('tab', { name: 'Experiments' }).click();
    await page.getByRole('button', { name: 'Run it' }).waitFor();
  },
  'model-experiment': async (page) => {
    await loadPolicy(page);
    await page.getByRole('tab', { name: 'Experiments' }).click();
    await page.getByRole('checkbox', { name: /^ladder around 1/ }).check();
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.getByText('finished: 48 of 48 cells drawn').waitFor();
    await page
      .getByRole('button', { name: /right$/ })
      .first()
      .click();
    await page.getByText('ones plain; point at a token').waitFor();
  },
  learn: async (page) => {
    await page.goto('#v=1&room=learn');
    await page.getByTestId('learn-gate').getByText('nats').waitFor();
  },
};

/** The base of Countdown as a language model in the Real model room. */
async function loadPolicy(page) {
  await page.goto('#v=1&room=model&group=4&sampler.ladder.offsets=[0,0.1,0.2,-0.2]');
  await page.getByRole('tab', { name: 'Trained here' }).click();
  await page.getByRole('button', { name: 'Export it in memory' }).click();
  await page.getByLabel('Runs on').selectOption({ label: 'wasm on the CPU' });
  await page.getByRole('button', { name: 'Load the model' }).click();
  await page.getByRole('button', { name: 'Roll out 4' }).waitFor();
}

async function serve() {
  const { build, preview } = await import('vite');
  await build({ root: ROOT, logLevel: 'warn' });
  return preview({ root: ROOT, logLevel: 'warn', preview: { port: 0, open: false } });
}

/** Runs in the page. */
function areChartsDrawn({ height }) {
  const inSight = [...document.querySelectorAll('.chart')].filter(
    (chart) => chart.checkVisibility() && chart.getBoundingClientRect().top < height,
  );
  return inSight.every((chart) => chart.querySelector('.chart-lines svg') !== null);
}

async function picture(page, name) {
  for (const { width, height } of SIZES)
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const take = async (end, size) => {
        await page.setViewportSize(size);
        await page.evaluate(() => window.scrollTo(0, 0));
        // Charts that come into sight are drawn one after the other.
        await page.waitForTimeout(500);
        await page.waitForFunction(areChartsDrawn, { height: size.height });
        await page.screenshot({ path: path.join(FOLDER, `${name}-${width}-${colorScheme}${end}.png`) });
      };
      await take('', { width, height });
      // A window of this height, because a picture beyond the window would show what has not been drawn yet.
      await take('-whole', { width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
    }
  await page.setViewportSize(SIZES[0]);
}

async function main() {
  ensureInstalled();
  const { chromium } = await import('playwright');
  const executablePath = ensureChromium();
  if (executablePath === null) throw new Error('No Chromium was found, and none could be installed.');
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(ROOMS, name));
  if (unknown !== undefined)
    throw new Error(`There is no room ${unknown}; pictures are taken of ${Object.keys(ROOMS).join(', ')}.`);

  mkdirSync(FOLDER, { recursive: true });
  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    for (const name of asked.length > 0 ? asked : Object.keys(ROOMS)) {
      console.error(`Filling the room: ${name}`);
      const context = await browser.newContext({ baseURL: server.resolvedUrls.local[0], viewport: SIZES[0] });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto('/');
      await ROOMS[name](page);
      await picture(page, name);
      await context.close();
    }
    console.error(`The pictures are in ${FOLDER}.`);
  } finally {
    await browser.close();
    await server.close();
  }
}

await main();
