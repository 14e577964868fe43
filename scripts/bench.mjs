// npm run bench -- [--json] [--only PREFIX] [--quick] [--shapes S,M] [--gpu] [--no-peers]
//
// Serves bench/ through Vite, opens it in Chromium and prints each figure as it arrives: one JSON object a line with
// --json, else a table. Progress goes to stderr. Exit code 1: a check failed, or nothing could be measured.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensureInstalled, isInstalled, ROOT } from './setup.mjs';

const BENCH = path.join(ROOT, 'bench');
const PEERS = path.join(BENCH, 'peers');

/** Instead of the software adapter: whatever GPU the machine has. Headless Linux needs to be told to use Vulkan. */
const GPU_ARGS = [
  ...CHROMIUM_ARGS.filter((flag) => !flag.startsWith('--use-webgpu-adapter')),
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux'
    ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
    : []),
];

/** transformers.js is imported from its source, which names modules that only Node has. */
const NODE_ONLY = /^(node:.*|onnxruntime-node|sharp|.*\/onnx-node\.js)$/;
/** Characters; libraries log whole modules when they fail. */
const LONGEST_MESSAGE = 500;
const EMPTY_MODULE = '\0node-only';
const nodeOnlyModulesAreEmpty = {
  name: 'node-only-modules-are-empty',
  enforce: 'pre',
  resolveId: (id) => (NODE_ONLY.test(id) ? EMPTY_MODULE : null),
  load: (id) => (id === EMPTY_MODULE ? 'export default {};' : null),
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      shapes: { type: 'string', default: 'S,M' },
      gpu: { type: 'boolean', default: false },
      'no-peers': { type: 'boolean', default: false },
    },
  });
  return values;
}

/** Installs the peers where they are not as their lock file says; false when that fails. */
function installPeers() {
  try {
    if (!isInstalled(PEERS)) console.error('The peers need about 800 MB, in bench/peers only.');
    ensureInstalled(PEERS);
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

/** The bench pages, cross-origin isolated: fine clocks, and threads for the wasm libraries. */
async function serve() {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: false,
    root: BENCH,
    cacheDir: path.join(PEERS, 'node_modules', '.vite'),
    logLevel: 'error',
    plugins: [nodeOnlyModulesAreEmpty],
    resolve: {
      alias: { 'transformers-source': path.join(PEERS, 'node_modules/@huggingface/transformers/src') },
    },
    optimizeDeps: {
      entries: ['main.ts', 'peers/*.ts'],
      rolldownOptions: { plugins: [nodeOnlyModulesAreEmpty] },
    },
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      watch: null,
      fs: { allow: [ROOT] },
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
  });
  await server.listen();
  return server;
}

async function openPage(browser, server, emit) {
  const page = await browser.newPage();
  page.on('console', (message) => {
    if (!message.text().startsWith('[vite]')) console.error(message.text().slice(0, LONGEST_MESSAGE));
  });
  page.on('pageerror', complain);
  await page.exposeFunction('emitFigure', emit);
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
  await page.waitForFunction('globalThis.runTopic');
  return page;
}

function complain(error) {
  console.error((error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE));
  process.exitCode = 1;
}

function print(figure, asJson) {
  if (asJson) console.log(JSON.stringify(figure));
  else console.log(`${figure.name.padEnd(28)} ${figure.shape.padEnd(18)} ${figure.value} ${figure.unit}`);
}

async function main() {
  const options = readOptions();
  ensureInstalled();
  const { chromium } = await import('playwright');
  const executablePath = ensureChromium();
  if (executablePath === null) throw new Error('No Chromium was found, and none could be installed.');
  const peers = !options['no-peers'] && installPeers();
  if (!peers) console.error('Without peers: figures against them are left out.');

  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: options.gpu ? GPU_ARGS : CHROMIUM_ARGS });
  const asked = { only: options.only ?? null, quick: options.quick, shapes: options.shapes.split(','), peers };
  try {
    const open = () => openPage(browser, server, (figure) => print(figure, options.json));
    const first = await open();
    const topics = await first.evaluate('globalThis.topics');
    await first.close();
    for (const topic of topics) {
      // A page each: no library meets what another has left behind, and one that crashes takes only its topic along.
      const page = await open();
      try {
        const failures = await page.evaluate(
          ([name, what]) => globalThis.runTopic(name, what, globalThis.emitFigure),
          [topic, asked],
        );
        if (failures > 0) process.exitCode = 1;
      } catch (error) {
        complain(error);
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  if (!peers && !options['no-peers']) process.exitCode = 1;
}

await main().catch(complain);
