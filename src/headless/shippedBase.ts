// Where the base policies lie that come with this package.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WEIGHTS_FILE } from '../policy/checkpoint.ts';
import { InputError } from './io.ts';

/** The package's own folder: this code lies in it whether it was built (.headless/HASH) or runs from src. */
function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('This program was moved out of its package.');
    folder = parent;
  }
  return folder;
}

/** The checkpoint folder of a task's base. @throws InputError when the package has none */
export function shippedBase(task: string): string {
  const folder = path.join(packageRoot(), 'public', 'bases', task);
  if (!existsSync(path.join(folder, WEIGHTS_FILE)))
    throw new InputError(
      `There is no base policy for ${task} in ${folder}; --model takes another, and \`pretrain --task ${task}\` makes one.`,
    );
  return folder;
}
