// What is broken is refused in one sentence that names it, and everything stays as it was.

import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { messages, openLaboratory, slider, test } from './page.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const prompt = (page: Page) => page.getByRole('region', { name: 'The group', exact: true }).locator('code').first();

/** One sentence: it begins with a capital, the name of a file or of a setting, and ends with its only full stop. */
async function expectSentence(notice: Locator, content: RegExp): Promise<void> {
  await expect(notice).toHaveText(content);
  const said = (await notice.locator('.notice-text').innerText()).replace(/ Everything stays as it was\.$/, '');
  expect(said).toMatch(/^\S.*\.$/);
  expect(said.split(/[.!?] [A-Z]/)).toHaveLength(1);
}

test('refuses broken rollout records, and opens a sound one', async ({ page }) => {
  await openLaboratory(page, '#v=1&group=2');
  await button(page, 'All').click();
  await expect(button(page, 'Next token')).toBeDisabled();
  const shown = await page.getByRole('grid').innerText();
  const notice = page.getByRole('tabpanel', { name: 'Step' }).getByRole('alert');
  const file = page.getByLabel('Rollout record', { exact: true });

  const download = page.waitForEvent('download');
  await button(page, 'Rollout records').click();
  await page.getByRole('menuitem', { name: /^Save this group/ }).click();
  const saved = await readFile(await (await download).path(), 'utf8');
  expect(saved.trimEnd().split('\n')).toHaveLength(2);

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['cut.jsonl', saved.slice(0, saved.length / 2), /cut\.jsonl line \d/],
    ['future.jsonl', saved.replace('"version":1', '"version":9'), /future\.jsonl line 1.*version/],
    ['hot.jsonl', saved.replace('"hot":[', '"hot":[1,'), /hot\.jsonl line 1.*hot/],
    ['empty.jsonl', '\n', /empty\.jsonl holds no rollout record/],
    ['picture.jsonl', '\u0000\u0001\u0002', /picture\.jsonl line 1/],
  ];
  for (const [name, content, sentence] of broken) {
    await file.setInputFiles({ name, mimeType: 'application/jsonl', buffer: Buffer.from(content) });
    await expectSentence(notice, sentence);
    expect(await page.getByRole('grid').innerText()).toBe(shown);
  }
  const latin1 = { name: 'latin1.jsonl', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x41]) };
  await file.setInputFiles(latin1);
  await expectSentence(notice, /latin1\.jsonl is not text/);

  await file.setInputFiles({ name: 'sound.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(saved) });
  await expect(page.getByText('From sound.jsonl')).toBeVisible();
  await expect(notice).toHaveCount(0);
  await button(page, 'Back to sampling').click();
  await expect(page.getByText('From sound.jsonl')).toHaveCount(0);
  await expect(prompt(page)).toHaveText(/\S/);
});

test('refuses links whose config is not one, each in a sentence', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn&sampler.temperature.high=1.5');
  const broken: readonly (readonly [string, RegExp])[] = [
    ['#v=9', /version "9"/],
    ['#room=learn', /version/],
    ['#v=1&room=attic', /"attic".*step, train, compare, evaluate, model, learn/],
    ['#v=1&preset=best', /"best".*ours/],
    ['#v=1&task=chess', /chess/],
    ['#v=1&sampler.temperature.high=-1', /sampler\.temperature\.high/],
    ['#v=1&sampler.threshold={"rule":"magic"}', /sampler\.threshold/],
    ['#v=1&nothing.like.this=1', /nothing\.like\.this is not a setting/],
    ['#v=1&__proto__.group=1', /__proto__/],
    ['#v=1&group=1e9', /group/],
    [`#v=1&prompt=${'1'.repeat(3_000)}`, /longer than 2000/],
    ['#v=1&problem=-1', /problem/],
    ['#v=1&group=%E0%A4%A', /group/],
  ];
  for (const [link, sentence] of broken) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, link);
    await expectSentence(messages(page), sentence);
    await expect(slider(page, 'T high')).toHaveAttribute('aria-valuetext', '1.5');
    await messages(page).getByRole('button', { name: 'Dismiss' }).click();
  }
});

test('refuses files that are no run and no checkpoint, and opens a sound checkpoint', async ({ page }) => {
  await openLaboratory(page, '#v=1&room=learn');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('what is stored');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'What is stored in this browser' });
  await expect(dialog.getByText('none beside those of the page')).toBeVisible();
  const open = async (files: { name: string; mimeType: string; buffer: Buffer }[]) => {
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Open files …' }).click();
    await (await chooser).setFiles(files);
  };
  const base = async (name: string) => {
    const response = await page.request.get(`bases/countdown/${name}`);
    return { name, mimeType: 'application/octet-stream', buffer: await response.body() };
  };
  const names = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'base.json'];
  const others = await Promise.all(names.map(base));
  const weights = await base('model.safetensors');
  const cut = { ...weights, buffer: weights.buffer.subarray(0, weights.buffer.length / 2) };
  const notZip = { name: 'run.zip', mimeType: 'application/zip', buffer: Buffer.from('not a zip file') };
  const config = { name: 'config.json', mimeType: 'application/json', buffer: Buffer.from('{"model_type":"llama"}') };

  for (const [files, sentence] of [
    [[notZip], /zip/],
    [[config], /\S/],
    [[...others, cut], /model\.safetensors/],
    [others, /model\.safetensors/],
  ] as const) {
    await open([...files]);
    await expectSentence(dialog.getByRole('alert'), sentence);
    await expect(dialog.getByText('none beside those of the page')).toBeVisible();
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
  }
  await open([...others, weights]);
  await expect(dialog.getByRole('status')).toBeVisible();
  await expect(dialog.getByRole('button', { name: /^Save .* as a zip file$/ })).toHaveCount(1);
});
