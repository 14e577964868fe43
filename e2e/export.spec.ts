// A policy leaves the page as a model folder: unpacked on disk, transformers.js for Node opens it as any other model.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AutoModelForCausalLM, AutoTokenizer, env } from '@huggingface/transformers';
import { test as bare, expect } from '@playwright/test';
import { exportedZip, filesOfZip, isRuntime, openExport, writeFiles } from './exported.ts';
import { openLaboratory, test } from './page.ts';

test('exports the base, and transformers.js writes its text from the folder on disk', async ({ page }) => {
  const requests: string[] = [];
  page.context().on('request', (request) => requests.push(request.url()));
  await openLaboratory(page);
  for (const room of ['Learn', 'Train', 'Evaluate', 'Step'])
    await page.getByRole('tab', { name: room, exact: true }).click();
  const dialog = await openExport(page);
  await expect(dialog.getByText('Before there is a file, transformers.js loads it here')).toBeVisible();
  expect(requests.filter(isRuntime)).toEqual([]);

  const zip = await exportedZip(page, dialog);
  await expect(dialog.getByRole('status')).toHaveText(
    /^countdown-base\.zip is ready: transformers\.js loaded it, .* by at most \d\.\de-[5-9] at \d+ tokens\.$/,
  );
  expect(requests.some((url) => url.endsWith('.wasm'))).toBe(true);

  const folder = await mkdtemp(path.join(tmpdir(), 'exported-policy-'));
  try {
    const files = await filesOfZip(zip);
    expect([...files.keys()]).toContain('countdown-base/onnx/model.onnx');
    await writeFiles(files, folder);
    env.allowRemoteModels = false;
    env.localModelPath = folder;
    const tokenizer = await AutoTokenizer.from_pretrained('countdown-base');
    const model = await AutoModelForCausalLM.from_pretrained('countdown-base', { device: 'cpu' });
    const prompt = '3 5 7>22.';
    const output = await model.generate({ ...tokenizer(prompt), max_new_tokens: 40, do_sample: false });
    const [row] = (output as { tolist(): bigint[][] }).tolist();
    expect(tokenizer.decode(row!.map(Number))).toMatch(/^3 5 7>22\.[-+*/=;\d]+\.$/);
    await model.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('gives an export up when it is cancelled', async ({ page }) => {
  await openLaboratory(page);
  // ONNX Runtime never arrives.
  await page.context().route('**/*.wasm', () => {});
  const dialog = await openExport(page);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeEnabled();
  await expect(dialog.getByRole('progressbar')).toHaveCount(0);
  await expect(dialog.getByRole('alert')).toHaveCount(0);
});

bare('says in a sentence that ONNX Runtime did not arrive', async ({ page }) => {
  await openLaboratory(page);
  await page.context().route('**/*.wasm', (route) => route.abort());
  const dialog = await openExport(page);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toHaveText(
    /^The export could not be checked, so it is not offered: ONNX Runtime did not arrive .*\.$/,
  );
  await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeEnabled();
});
