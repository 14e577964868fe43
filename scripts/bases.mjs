// `npm run bases [-- TASK ...]`: makes the base policies of public/bases anew, all or the named ones, by the recipes of
// the tasks, on the CPU engine. The same code gives the same bytes. A base takes 5 to 30 minutes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, ROOT } from './setup.mjs';

const BASES = path.join(ROOT, 'public', 'bases');
const HEADLESS = path.join(ROOT, 'scripts', 'headless.mjs');

/** Resolves to the exit code. */
async function make(task) {
  const settings = ['--task', task, '--out', path.join(BASES, task), '--backend', 'cpu', '--replace'];
  const child = spawn(process.execPath, [HEADLESS, 'pretrain', ...settings], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

ensureInstalled();
// Ctrl-C reaches the child, too, which saves and then ends with a code of its own.
process.on('SIGINT', () => {});
const named = process.argv.slice(2);
for (const task of named.length > 0 ? named : readdirSync(BASES).sort()) {
  console.error(`Making the base of ${task}.`);
  const code = await make(task);
  if (code !== 0) process.exit(code);
}
