// How tests get a policy as the folder of a model: by the page's own export.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

/** Whether an address is of transformers.js, ONNX Runtime or a worker that loads them. */
export const isRuntime = (url: string) => /transformers|onnx|ort-|verifyWorker|modelWorker|\.wasm$/i.test(url);

/** Opens the dialog that exports the policy of the page. */
export async function openExport(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Find an action' })).toBeFocused();
  await page.keyboard.type('export a policy');
  await page.keyboard.press('Enter');
  return page.getByRole('dialog', { name: 'Export for transformers.js (ONNX)' });
}

/** The zip that the dialog offers. */
export async function exportedZip(page: Page, dialog: Locator): Promise<Uint8Array> {
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('status')).toHaveText(/\.zip is ready/);
  return readFile(await (await download).path());
}

/** The files of a zip by name. */
export async function filesOfZip(zip: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await new ZipReader(new Uint8ArrayReader(zip)).getEntries())
    if (!entry.directory) files.set(entry.filename, Buffer.from(await entry.getData(new Uint8ArrayWriter())));
  return files;
}

export async function writeFiles(files: ReadonlyMap<string, string | Uint8Array>, folder: string): Promise<void> {
  for (const [name, content] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
