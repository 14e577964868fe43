// The Real model room on a policy that was trained here: through transformers.js it draws the tokens of our own engine.

import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { isRuntime } from './exported.ts';
import { openLaboratory, roomTab, test } from './page.ts';
import { button, pause, stepsDone } from './training.ts';

/** Four rollouts on a ladder, and steps that take about a second on a software GPU. */
const LINK = '#v=1&room=train&prompts=4&group=4&sampler.ladder.offsets=[0,0.1,0.2,-0.2]';
const TOKENS = 10;
const MOST_DIFFERENCE = 1e-4;
/** A runtime of 27 MB is compiled, and its graph's kernels, on a machine that may be busy. */
const LOADING = 120_000;

const cells = (page: Page) => page.getByRole('gridcell', { name: /entropy .* nats$/ });
const branches = (page: Page) => page.getByRole('region', { name: 'Branches' }).getByRole('listitem');

interface Line {
  readonly ids: readonly number[];
  readonly promptIds: readonly number[];
  readonly ladderOffset: number;
  readonly entropyNats: readonly number[];
  readonly tau: readonly number[];
  readonly logpTau: readonly number[];
  readonly logp1: readonly number[];
}

async function savedBy(page: Page, save: () => Promise<void>): Promise<Line[]> {
  const download = page.waitForEvent('download');
  await save();
  const text = await readFile(await (await download).path(), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The rollouts of the policy in training, whole, as the Step room draws them. */
async function ownRollouts(page: Page): Promise<Line[]> {
  await roomTab(page, 'Step').click();
  await page.getByLabel('policy', { exact: true }).selectOption({ label: 'the policy in training, as it is now' });
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  return savedBy(page, async () => {
    await button(page, 'Rollout records').click();
    await page.getByRole('menuitem', { name: 'Save this group as rollouts.jsonl' }).click();
  });
}

test('steps a trained policy through transformers.js as our own engine does, and branches it twice', async ({
  page,
}) => {
  test.setTimeout(400_000);
  const requests: string[] = [];
  page.context().on('request', (request) => requests.push(request.url()));
  await openLaboratory(page, LINK);
  await button(page, 'Start a run').click();
  await stepsDone(page, 2);
  await pause(page);
  const own = await ownRollouts(page);
  await roomTab(page, 'Real model').click();
  await expect(page.getByRole('heading', { name: 'Choose a language model' })).toBeVisible();
  expect(requests.filter(isRuntime)).toEqual([]);

  await page.getByRole('tab', { name: 'Trained here' }).click();
  await button(page, 'Export it in memory').click();
  await expect(page.getByText(/^about .* for 4 rollouts/)).toBeVisible();
  await button(page, 'Load the model').click();
  await expect(button(page, 'Roll out 4')).toBeVisible({ timeout: LOADING });
  expect(requests.some((url) => url.endsWith('.wasm'))).toBe(true);

  await button(page, 'Roll out 4').click();
  await expect(cells(page)).toHaveCount(4, { timeout: LOADING });
  for (let tokens = 2; tokens <= TOKENS; tokens++) {
    if (await button(page, 'Next token').isDisabled()) break;
    const before = await cells(page).count();
    await button(page, 'Next token').click();
    await expect.poll(() => cells(page).count(), { timeout: LOADING }).toBeGreaterThan(before);
  }
  const real = await savedBy(page, () => button(page, 'rollouts.jsonl').click());
  expect(real.length).toBe(4);
  for (const [row, line] of real.entries()) {
    const other = own[row]!;
    expect(line.promptIds).toEqual(other.promptIds);
    expect(line.ladderOffset).toBe(other.ladderOffset);
    expect(line.ids).toEqual(other.ids.slice(0, TOKENS));
    for (const field of ['entropyNats', 'tau', 'logpTau', 'logp1'] as const)
      for (const [at, value] of line[field].entries())
        expect(Math.abs(value - other[field][at]!), `${field} of row ${row}, token ${at}`).toBeLessThan(
          MOST_DIFFERENCE,
        );
  }

  // Twice from one token, with the same noise and with fresh noise.
  for (const [count, noise] of ['same noise', 'fresh noise'].entries()) {
    if (count > 0)
      await page
        .getByRole('region', { name: 'Branches' })
        .getByRole('button', { name: /^as sampled/ })
        .click();
    await cells(page).nth(1).click();
    await page.getByRole('radio', { name: noise }).click();
    await page
      .getByRole('button', { name: /branch here$/ })
      .nth(count)
      .click({ timeout: LOADING });
    await expect(branches(page)).toHaveCount(2 + count, { timeout: LOADING });
  }
  await button(page, 'Another model').click();
  await expect(page.getByRole('heading', { name: 'Choose a language model' })).toBeVisible();
});
