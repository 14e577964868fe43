// Makes a fresh clone ready: whoever runs `npm start`, `npm test` or any other script need not install first.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Children print here: stdout belongs to the script's own results. */
const TO_STDERR = ['ignore', 2, 2];

/**
 * True when `folder`/node_modules holds what `folder`/package-lock.json asks for. Compared by version, not by file
 * time: a checkout touches files without changing them. Optional packages may be missing (other platforms').
 */
export function isInstalled(folder = ROOT) {
  const installed = path.join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packages(installed);
  return Object.entries(packages(path.join(folder, 'package-lock.json'))).every(
    ([place, wanted]) =>
      place === '' ||
      (there[place] === undefined
        ? wanted.optional === true || wanted.devOptional === true
        : there[place].version === wanted.version),
  );
}

/** Installs `folder`'s locked dependencies (`npm ci`) unless they are there. @throws Error when npm fails. */
export function ensureInstalled(folder = ROOT) {
  if (isInstalled(folder)) return;
  console.error('Installing the locked dependencies (npm ci) ...');
  const { status } = spawnSync('npm', ['ci'], { cwd: folder, stdio: TO_STDERR, shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('npm ci failed; its own message stands above.');
}
