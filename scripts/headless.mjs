// `npm run headless -- COMMAND`: builds src/headless for Node when its sources changed, and runs it.
//
// stdout carries the command's results and nothing else.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, ROOT } from './setup.mjs';
import { sourceHash } from './sourceHash.mjs';

const BUILDS = path.join(ROOT, '.headless');
const ENTRY = 'main.mjs';
const TESTS = /\.(test|testing)\./;
const KEEP_OLD_BUILDS_MS = 60 * 60 * 1000;

/** Names the state of the sources by their names, sizes and times, so each state is built once. */
function sourceState() {
  const hash = createHash('sha256');
  const add = (file) => {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  };
  for (const folder of ['src', 'shaders'])
    for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true }))
      if (entry.isFile() && !TESTS.test(entry.name)) add(path.join(entry.parentPath, entry.name));
  add(path.join(ROOT, 'package-lock.json'));
  add(path.join(ROOT, 'scripts', 'headless.mjs'));
  add(path.join(ROOT, 'scripts', 'sourceHash.mjs'));
  return hash.digest('hex').slice(0, 16);
}

/** The built program, made if need be. Two processes may build at once: the first to finish wins. */
async function build() {
  const folder = path.join(BUILDS, sourceState());
  const entry = path.join(folder, ENTRY);
  if (existsSync(entry)) return entry;
  const { build: viteBuild } = await import('vite');
  const draft = path.join(BUILDS, `draft-${process.pid}`);
  await viteBuild({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { 'import.meta.env.SOURCE_HASH': JSON.stringify(sourceHash(ROOT)) },
    build: {
      ssr: path.join(ROOT, 'src', 'headless', 'main.ts'),
      outDir: draft,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: ENTRY, chunkFileNames: '[name]-[hash].mjs' } },
    },
  });
  removeOldBuilds();
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(entry)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return entry;
}

/** A build may still be loading its parts, so recent ones stay. */
function removeOldBuilds() {
  mkdirSync(BUILDS, { recursive: true });
  for (const name of readdirSync(BUILDS)) {
    const folder = path.join(BUILDS, name);
    if (Date.now() - statSync(folder).mtimeMs > KEEP_OLD_BUILDS_MS) rmSync(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
const backend = args.find((a) => a.startsWith('--backend='))?.slice(10) ?? args[args.indexOf('--backend') + 1];
const wantsGpu = backend === 'webgpu';

ensureInstalled();
const entry = await build();
const { vulkanEnvironment } = await import('./vulkan.mjs');
const child = spawn(process.execPath, [entry, ...args], {
  stdio: 'inherit',
  env: wantsGpu ? vulkanEnvironment() : process.env,
});
// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + os.constants.signals[signal]));
