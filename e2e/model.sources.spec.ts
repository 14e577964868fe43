// Where the Real model room takes a model from: a folder on disk, and the hub, which is answered here from the same
// folder. What cannot be loaded is refused in one sentence, and the room goes on.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as bare, expect, type Page, type Route } from '@playwright/test';
import { exportedZip, filesOfZip, openExport, writeFiles } from './exported.ts';
import { hungryOnCpu } from '../src/llm/export/hungry.testing.ts';
import { openLaboratory, roomTab, test } from './page.ts';
import { button } from './training.ts';

const HUB = 'https://huggingface.co';
const LOADING = 120_000;

const alert = (page: Page) => page.getByRole('alert');
const source = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

/** The base of Countdown as the files of a model's folder. */
async function exportedBase(page: Page): Promise<Map<string, Buffer>> {
  await openLaboratory(page);
  const dialog = await openExport(page);
  const files = await filesOfZip(await exportedZip(page, dialog));
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  return new Map([...files].map(([name, content]) => [name.replace(/^[^/]+\//, ''), content]));
}

async function chooseFolder(page: Page, folder: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Choose a folder').click();
  await (await chooser).setFiles(folder);
}

async function load(page: Page): Promise<void> {
  await page.getByLabel('Runs on').selectOption({ label: 'wasm on the CPU' });
  await button(page, 'Load the model').click();
}

const loaded = (page: Page, name: string) =>
  expect(page.getByRole('heading', { name, exact: true, level: 2 })).toBeVisible({ timeout: LOADING });

async function asks(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Plain text' }).click();
  await page.getByLabel('text to go on from').fill('3 5 7>22.');
  await page.getByRole('button', { name: /^Roll out \d+$/ }).click();
}

/** Rolls a token out. */
async function rolls(page: Page): Promise<void> {
  await asks(page);
  await expect(page.getByRole('gridcell', { name: /entropy .* nats$/ }).first()).toBeVisible({ timeout: LOADING });
}

test('says in one sentence what is wrong with a folder, and opens the next one', async ({ page }) => {
  test.setTimeout(300_000);
  const whole = await exportedBase(page);
  const root = await mkdtemp(path.join(tmpdir(), 'models-'));
  const config = JSON.parse(whole.get('config.json')!.toString());
  const without = (...names: string[]) => new Map([...whole].filter(([name]) => !names.includes(name)));
  const withFile = (name: string, content: string | Uint8Array) => new Map([...whole, [name, content]]);
  const graph = whole.get('onnx/model.onnx')!;
  /** Found before anything large is read. */
  const refused: readonly [string, ReadonlyMap<string, string | Uint8Array>, RegExp][] = [
    ['wrong', new Map([['notes.txt', 'nothing']]), /holds no config\.json: choose the folder of a model/],
    ['broken', withFile('config.json', '{"model_type": '), /^".*" is not a model that can be read: .*\.$/],
    ['graphless', without('onnx/model.onnx'), /onnx/],
    ['tokenless', without('tokenizer.json'), /tokenizer\.json/],
  ];
  /** Found by the runtime alone. */
  const refusedLater: typeof refused = [
    ['foreign', withFile('config.json', JSON.stringify({ ...config, model_type: 'bert' })), /bert/],
    ['cut', withFile('onnx/model.onnx', graph.subarray(0, graph.length / 2)), /onnx/],
  ];
  try {
    for (const [name, files] of [...refused, ...refusedLater]) await writeFiles(files, path.join(root, name));
    await writeFiles(whole, path.join(root, 'good'));
    await writeFiles(withFile('onnx/model.onnx', hungryOnCpu(graph)), path.join(root, 'hungry'));
    await roomTab(page, 'Real model').click();
    await source(page, 'Folder on disk').click();
    for (const [name, , sentence] of refused) {
      await chooseFolder(page, path.join(root, name));
      await expect(alert(page), name).toHaveText(sentence);
      await expect(alert(page), name).toHaveText(/^[^\n]*\.$/);
      await expect(button(page, 'Load the model'), name).toHaveCount(0);
    }
    await alert(page).getByRole('button', { name: 'Dismiss' }).click();

    await source(page, 'Any on the hub').click();
    await page.getByLabel('repository').fill('no repository');
    await button(page, 'Look it up').click();
    await expect(alert(page)).toHaveText(/is no repository name: write it as owner\/name\.$/);

    await source(page, 'Folder on disk').click();
    for (const [name, , sentence] of refusedLater) {
      await chooseFolder(page, path.join(root, name));
      await load(page);
      await expect(alert(page), name).toHaveText(sentence, { timeout: LOADING });
      await expect(alert(page), name).toHaveText(/^[^\n]*\.$/);
    }
    await chooseFolder(page, path.join(root, 'hungry'));
    await load(page);
    await loaded(page, 'hungry');
    await asks(page);
    await expect(alert(page)).toHaveText(/^There is not enough memory for this model: [^\n]*\.$/, { timeout: LOADING });
    await button(page, 'Another model').click();
    await source(page, 'Folder on disk').click();
    await chooseFolder(page, path.join(root, 'good'));
    await load(page);
    await loaded(page, 'good');
    await expect(alert(page)).toHaveCount(0);
    await expect(page.getByRole('status').filter({ hasText: 'wasm on the CPU' })).toContainText('one thread');
    await rolls(page);
  } finally {
    await rm(root, { recursive: true });
  }
});

/** The hub as this page may ask it. */
function answerAsHub(files: ReadonlyMap<string, Buffer>, repository: string) {
  return async (route: Route) => {
    const headers = { 'access-control-allow-origin': '*' };
    const { pathname } = new URL(route.request().url());
    if (pathname === `/api/models/${repository}/tree/main`) {
      const json = [...files].map(([name, { length }]) => ({ type: 'file', path: name, size: length }));
      return route.fulfill({ json, headers });
    }
    const file = files.get(pathname.replace(`/${repository}/resolve/main/`, ''));
    return route.fulfill(file === undefined ? { status: 404, headers } : { body: file, headers });
  };
}

bare('loads a model of the hub, keeps it, opens it without the hub, and deletes it', async ({ page, baseURL }) => {
  bare.setTimeout(300_000);
  const repository = 'lab/countdown';
  const foreign: string[] = [];
  page.context().on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== baseURL) foreign.push(request.url());
  });
  const files = await exportedBase(page);
  await page.context().route(`${HUB}/**`, answerAsHub(files, repository));
  await roomTab(page, 'Real model').click();
  expect(foreign).toEqual([]);
  await source(page, 'Any on the hub').click();
  const lookUp = async (name: string) => {
    await page.getByLabel('repository').fill(name);
    await button(page, 'Look it up').click();
  };
  await lookUp('lab/none');
  await expect(alert(page)).toHaveText('huggingface.co has no public model "lab/none".');
  await lookUp(repository);
  await load(page);
  await loaded(page, repository);
  expect(foreign.length).toBeGreaterThan(0);
  for (const address of foreign) expect(address).toMatch(/^https:\/\/huggingface\.co\/(api\/models\/)?lab\//);

  await button(page, 'Another model').click();
  const kept = page.getByRole('region', { name: 'Kept in this browser' });
  await expect(kept.getByRole('listitem')).toContainText(repository);
  // Without the hub it opens all the same.
  await page.context().unroute(`${HUB}/**`);
  await page.context().route(`${HUB}/**`, (route) => route.abort());
  await kept.getByRole('button', { name: 'Open' }).click();
  await load(page);
  await loaded(page, repository);
  await rolls(page);

  await button(page, 'Another model').click();
  await kept.getByRole('button', { name: `Delete ${repository} from this browser` }).click();
  await button(page, 'Delete').click();
  await expect(kept).toHaveCount(0);
  await source(page, 'Any on the hub').click();
  await lookUp(repository);
  await expect(alert(page)).toHaveText(/^huggingface\.co cannot be reached: .*\.$/);
  await source(page, 'Trained here').click();
  await button(page, 'Export it in memory').click();
  await expect(button(page, 'Load the model')).toBeEnabled();
  await expect(alert(page)).toHaveCount(0);
});
