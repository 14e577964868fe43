// The results that come with the project, as the tests read them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const DOCS = path.join(ROOT, 'docs');
export const DATA = path.join(ROOT, 'public', 'results');
export const INDEX_FILE = 'index.json';

/** Names of the presets whose results are committed. */
export const COMMITTED: readonly string[] = readdirSync(DATA)
  .filter((name) => name.endsWith('.json') && name !== INDEX_FILE)
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

export function committedFile(name: string): { readonly label: string; readonly bytes: Uint8Array } {
  const label = path.join(DATA, `${name}.json`);
  return { label, bytes: new Uint8Array(readFileSync(label)) };
}
