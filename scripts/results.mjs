// `npm run results`: makes docs/RESULTS.md, docs/images/results/*.svg and public/results/index.json anew from
// public/results/*.json. The same data give the same bytes.
//
// `npm run results -- --data DIR ...` first takes in folders of `headless experiment`: the runs in them, and those that
// are there already, become one file a preset. Folders of one preset are put together.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, ROOT } from './setup.mjs';
import { sourceHash } from './sourceHash.mjs';

const DATA = path.join(ROOT, 'public', 'results');
const DOCS = path.join(ROOT, 'docs');
const INDEX = 'index.json';

/** Loads code of src, which Node alone cannot read. */
async function sources() {
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(path.join(ROOT, 'src', 'experiments', 'report', 'files.ts'), {
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    define: { 'import.meta.env.SOURCE_HASH': JSON.stringify(sourceHash(ROOT)) },
  });
  return module;
}

/** Files of a folder that end in .json, as { label, bytes } in order of names. */
function jsonFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== INDEX)
    .sort()
    .map((name) => ({ label: path.join(folder, name), bytes: new Uint8Array(readFileSync(path.join(folder, name))) }));
}

/** The folders named after --data. @throws Error for anything else on the command line */
function foldersAsked(args) {
  if (args.length === 0) return [];
  if (args[0] !== '--data' || args.length < 2)
    throw new Error('npm run results takes nothing, or -- --data DIR ... with folders of `headless experiment`.');
  return args.slice(1);
}

async function main() {
  const folders = foldersAsked(process.argv.slice(2));
  ensureInstalled();
  const { addFolder, readTold, makeReport } = await sources();
  const told = await readTold(jsonFiles(DATA));
  for (const folder of folders) {
    const definition = path.join(folder, 'experiment.json');
    if (!existsSync(definition)) throw new Error(`${folder} holds no experiment.json.`);
    const files = { definition: { label: definition, bytes: new Uint8Array(readFileSync(definition)) } };
    const { name, text, note } = await addFolder(told, { ...files, cells: jsonFiles(path.join(folder, 'cells')) });
    mkdirSync(DATA, { recursive: true });
    writeFileSync(path.join(DATA, `${name}.json`), text);
    console.error(note);
  }
  const { markdown, figures, index } = makeReport(told);
  const images = path.join(DOCS, 'images', 'results');
  rmSync(images, { recursive: true, force: true });
  mkdirSync(images, { recursive: true });
  for (const [name, svg] of figures) writeFileSync(path.join(images, `${name}.svg`), svg);
  writeFileSync(path.join(DOCS, 'RESULTS.md'), markdown);
  writeFileSync(path.join(DATA, INDEX), index);
  console.error(`docs/RESULTS.md tells of ${told.length} experiments, with ${figures.size} figures.`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
