// Names the code that a run's tokens follow from: a hash over what src's lower floors, the shaders and the lock file say.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = ['gpu', 'temperature', 'tasks', 'policy', 'reference', 'cpu', 'grpo'].map((name) => `src/${name}`);
const TESTS = /\.(test|testing)\.|(^|\/)fixtures\//;
const DIGITS = 8;

/** The first digits of a SHA-256 over names and contents, in order of names; the same on every machine. */
export function sourceHash(root) {
  const files = [...FOLDERS, 'shaders'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
  );
  const hash = createHash('sha256');
  // A checkout on Windows may have other line ends.
  for (const file of ['package-lock.json', ...files.filter((name) => !TESTS.test(name))].sort())
    hash.update(`${file}\n${readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n')}\n`);
  return hash.digest('hex').slice(0, DIGITS);
}
