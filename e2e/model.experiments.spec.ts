// Experiments in the Real model room: drafted, run, stopped by a reload in the midst of it, taken to their end, read, saved
// and deleted; on a policy that was trained here, and on a language model that is asked mathematics.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as bare, expect, type Page } from '@playwright/test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expectAccessible } from './accessible.ts';
import { asciiModel } from './asciiModel.ts';
import { writeFiles } from './exported.ts';
import { engineOpen, openLaboratory, roomTab, test } from './page.ts';
import { button, fill } from './training.ts';

test.describe.configure({ timeout: 400_000 });
const LOADING = { timeout: 120_000 };

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const phase = (page: Page) => page.locator('.looked .phase');
const rules = (page: Page) => page.getByRole('region', { name: 'Table of rules' });
const draft = (page: Page) => page.getByRole('form', { name: 'A new experiment' });

async function loadOnCpu(page: Page): Promise<void> {
  await page.getByLabel('Runs on').selectOption({ label: 'wasm on the CPU' });
  await button(page, 'Load the model').click();
  await expect(tab(page, 'Experiments')).toBeVisible(LOADING);
}

async function loadPolicy(page: Page): Promise<void> {
  await roomTab(page, 'Real model').click();
  await tab(page, 'Trained here').click();
  await button(page, 'Export it in memory').click();
  await loadOnCpu(page);
  await tab(page, 'Experiments').click();
}

async function loadFolder(page: Page, folder: string): Promise<void> {
  await roomTab(page, 'Real model').click();
  await tab(page, 'Folder on disk').click();
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Choose a folder').click();
  await (await chooser).setFiles(folder);
  await loadOnCpu(page);
}

/** In both themes, wide and narrow. */
async function expectAccessibleEverywhere(page: Page): Promise<void> {
  const wide = page.viewportSize()!;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const size of [{ width: 390, height: 844 }, wide]) {
      // Without motion: colours change at once.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      await expectAccessible(page);
    }
}

async function saved(page: Page, item: RegExp): Promise<Buffer> {
  await button(page, 'Save').click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item }).click();
  return readFile(await (await download).path());
}

const linesOf = (file: Buffer) =>
  file
    .toString()
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { readonly group: number; readonly ids: readonly number[]; readonly reward: number },
    );

test('draws questions by several rules, through a pause and a reload, and says what came of it', async ({ page }) => {
  await openLaboratory(page);
  await loadPolicy(page);
  await fill(draft(page), 'held-out problems of Countdown', 16);
  await fill(draft(page), 'n, rollouts a question', 32);
  await page.getByRole('checkbox', { name: /^ladder around 1/ }).check();
  await expect(draft(page)).toContainText('48 cells: 16 questions × 3 rules, 32 rollouts each; at most');
  await page.getByRole('checkbox', { name: /^fixed 1 / }).uncheck();
  await page.getByRole('checkbox', { name: /^fixed 1 / }).check();
  await draft(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Three rules');
  await button(draft(page), 'Run it').click();

  // The first results are told while the others are still drawn.
  await expect(rules(page)).toContainText('fixed 1', LOADING);
  await button(page, 'Pause').click();
  await expect(phase(page)).toHaveText(/^paused: \d+ of 48 cells drawn$/, LOADING);
  await page.reload();
  await engineOpen(page);
  // Readable without the model; to go on it needs the same one.
  const item = page.getByRole('listitem', { name: 'Three rules' });
  await expect(item).toContainText(/[1-9]\d* of 48 cells drawn/);
  await loadPolicy(page);
  await button(item, 'Go on').click();
  await button(item, 'Results').click();
  await expect(phase(page)).toHaveText('finished: 48 of 48 cells drawn', LOADING);

  // Findings of millions of tokens take seconds, which the engine does not wait for.
  expect(page.workers().some((worker) => /readingWorker/.test(worker.url()))).toBe(true);
  const sentences = page.getByRole('region', { name: 'What may be said' });
  await expect(sentences).toContainText(
    /two temperatures 1\.2 \/ 0\.8 .* fixed 1 .*avg@32.*16 questions that both have/,
  );
  await expect(page.getByRole('region', { name: 'Entropies by domain' }).getByRole('img')).toHaveCount(1);
  const chart = page.getByRole('figure', { name: /^pass@k/ }).first();
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator('.chart-band')).toHaveCount(3);
  await chart.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await expect(chart.getByRole('slider')).toHaveAttribute('aria-valuetext', /^k 1: fixed 1 0?\.?\d+/);

  const tokens = page.getByRole('region', { name: 'Table of tokens' });
  const first = tokens.locator('tbody th').first();
  await page.getByLabel('Order of tokens').selectOption({ label: 'most frequent first' });
  await expect(first).toHaveText('=');
  await page.getByLabel('Tokens that hold').fill('nothing is like this');
  await expect(page.getByText('No token is like that.')).toBeVisible();

  await page.getByRole('button', { name: 'countdown/3 by fixed 1: ', exact: false }).click();
  const written = page.getByRole('region', { name: 'What was written: countdown/3 by fixed 1' });
  await expect(written.getByRole('listitem')).toHaveCount(32);

  const interrupted = linesOf(await saved(page, /rollouts\.jsonl/));
  expect(interrupted.length).toBe(48 * 32);
  await expect(written.locator('.completion').first()).toHaveText(/^[\d+\-*/=;]+\.?…?$/);
  expect((await saved(page, /^All tables/)).subarray(0, 2).toString()).toBe('PK');
  const document = await saved(page, /^Definition/);

  // Opened again as a definition it draws the same tokens.
  await button(page, 'All experiments').click();
  await button(item, 'Remove …').click();
  await button(item, 'Delete').click();
  await expect(page.getByRole('listitem', { name: 'Three rules' })).toHaveCount(0);
  const open = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent('filechooser');
    await button(page, 'Open a definition …').click();
    await (await chooser).setFiles({ name, mimeType: 'application/json', buffer });
  };
  await open('cut.json', document.subarray(0, 200));
  await expect(page.getByRole('alert')).toHaveText(/^cut\.json is not JSON .*\.$/);
  await open('whole.json', document);
  await expect(phase(page)).toHaveText('not begun: 0 of 48 cells drawn');
  await button(page, 'Run').click();
  await expect(phase(page)).toHaveText('finished: 48 of 48 cells drawn', LOADING);
  const again = linesOf(await saved(page, /rollouts\.jsonl/));
  const plain = (lines: typeof again) => lines.map(({ group, ids, reward }) => ({ group, ids, reward }));
  expect(plain(again)).toEqual(plain(interrupted));
});

test('asks a language model mathematics, domain by domain', async ({ page }) => {
  const root = await mkdtemp(path.join(tmpdir(), 'model-'));
  try {
    await writeFiles(asciiModel(), path.join(root, 'ascii'));
    await openLaboratory(page);
    await loadFolder(page, path.join(root, 'ascii'));
    await tab(page, 'Experiments').click();

    await expect(draft(page)).toContainText('This model has no chat template: it goes on from plain text.');
    await fill(draft(page), 'problems of each domain, the first ones', 2);
    await fill(draft(page), 'n, rollouts a question', 3);
    await fill(draft(page), 'longest, tokens', 12);
    await expect(draft(page)).toContainText('16 cells: 8 questions × 2 rules, 3 rollouts each; at most 576 tokens');
    await page.getByRole('checkbox', { name: /^calculus/ }).uncheck();
    await expect(draft(page)).toContainText('12 cells: 6 questions × 2 rules');
    await expectAccessibleEverywhere(page);
    await button(draft(page), 'Run it').click();
    await expect(phase(page)).toHaveText('finished: 12 of 12 cells drawn', LOADING);
    await expect(page.getByRole('region', { name: 'Entropies by domain' }).getByRole('img')).toHaveCount(3);
    await expect(page.getByRole('region', { name: 'What may be said' })).toContainText('highest mean entropy in');
    await expect(page.getByRole('region', { name: 'Table of what was drawn' })).toContainText(/unfinished \d+/);
    await page
      .getByRole('button', { name: / by fixed 1: \d of 3 right$/ })
      .first()
      .click();
    await expect(page.getByRole('region', { name: /^What was written/ }).getByRole('listitem')).toHaveCount(3);
    await expectAccessibleEverywhere(page);
    // More tokens than the model has positions: one sentence, and nothing is lost.
    await button(page, 'All experiments').click();
    await fill(draft(page), 'longest, tokens', 1020);
    await button(draft(page), 'Run it').click();
    await expect(page.getByRole('alert')).toHaveText(
      /need more than the 1024 positions of this model\. That was question ".*" by "fixed 1"; what was drawn is kept\.$/,
    );
  } finally {
    await rm(root, { recursive: true });
  }
});

/** In the manner of GSM8K. */
const GRADE_SCHOOL = [
  { question: 'Ida has 3 boxes of 12 pens. How many pens is that?', answer: '3 * 12 = <<3*12=36>>36\n#### 36' },
  { question: 'Bo earns 1000 and spends nothing. What is left?', answer: 'All of it.\n#### 1,000' },
];

bare('asks a chat model the problems of a file, and those of the hub', async ({ page, baseURL }) => {
  const asked: string[] = [];
  page.context().on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== baseURL) asked.push(request.url());
  });
  const column = (name: 'question' | 'answer') => ({
    name,
    type: 'STRING' as const,
    data: GRADE_SCHOOL.map((row) => row[name]),
  });
  const parquet = Buffer.from(parquetWriteBuffer({ columnData: [column('question'), column('answer')] }));
  const address = 'https://huggingface.co/datasets/openai/gsm8k/resolve/main/main/test-00000-of-00001.parquet';
  const headers = { 'access-control-allow-origin': '*' };
  await page.context().route('https://huggingface.co/**', (route) => route.fulfill({ body: parquet, headers }));
  const root = await mkdtemp(path.join(tmpdir(), 'model-'));
  try {
    await writeFiles(asciiModel({ isChat: true }), path.join(root, 'chat'));
    await openLaboratory(page);
    await loadFolder(page, path.join(root, 'chat'));
    await tab(page, 'Experiments').click();
    await expect(page.getByRole('radio', { name: 'As a chat' })).toBeChecked();
    await fill(draft(page), 'longest, tokens', 4);
    await fill(draft(page), 'n, rollouts a question', 1);
    await page.getByRole('checkbox', { name: /^two temperatures 1\.2 \/ 0\.8/ }).uncheck();

    const lines = [
      { question: 'What is 1 + 1?', answer: '2', subject: 'sums' },
      { question: 'No answer' },
      { question: 'What is 2 * 3?', answer: 6, subject: 'products' },
    ].map((row) => JSON.stringify(row));
    await page.getByLabel('File of problems').setInputFiles({
      name: 'own.jsonl',
      mimeType: 'application/jsonl',
      buffer: Buffer.from(lines.join('\n')),
    });
    await expect(draft(page)).toContainText('2 own.jsonl');
    await expect(draft(page)).toContainText('1 row was left out.');
    await expect(draft(page)).toContainText('2 cells: 2 questions × 1 rule, 1 rollout each; at most 8 tokens');
    await button(draft(page), 'Run it').click();
    await expect(phase(page)).toHaveText('finished: 2 of 2 cells drawn', LOADING);
    const [first] = linesOf(await saved(page, /rollouts\.jsonl/)) as unknown as { readonly prompt: string }[];
    expect(first!.prompt).toBe('What is 1 + 1?');
    expect(asked).toEqual([]);

    await button(page, 'All experiments').click();
    await button(page, 'Other problems').click();
    await page.getByRole('menuitem', { name: 'GSM8K from the hub' }).click();
    await expect(draft(page)).toContainText('2 GSM8K');
    await button(draft(page), 'Run it').click();
    await expect(phase(page)).toHaveText('finished: 2 of 2 cells drawn', LOADING);
    const table = page.getByRole('region', { name: 'Table of questions' });
    await expect(table).toContainText('Ida has 3 boxes of 12 pens.');
    await expect(table.locator('code')).toHaveText(['36', '1,000']);
    expect(asked).toEqual([address]);
  } finally {
    await rm(root, { recursive: true });
  }
});
