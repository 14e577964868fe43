// Finds (or sets up) the Chromium that tests and benchmarks run in.
//
// Order: the CHROMIUM environment variable, a browser already on the machine, Playwright's own download,
// and, as root on a Debian-like system, the package `chromium`.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Flags that give headless Chromium a software WebGPU adapter and keep it off the network. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function playwrightChromium() {
  try {
    const require = createRequire(import.meta.url);
    const file = require('playwright').chromium.executablePath();
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

/** The path of a Chromium that is there now, or null. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return named;
  return CANDIDATES.find((file) => existsSync(file)) ?? playwrightChromium();
}

/** As findChromium, but sets one up when none is there. Returns null when that fails too. */
export function ensureChromium() {
  const there = findChromium();
  if (there !== null) return there;
  const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0;
  console.error('No Chromium found; asking Playwright for one.');
  run('npx', ['--no-install', 'playwright', 'install', '--with-deps', 'chromium']);
  const downloaded = findChromium();
  if (downloaded !== null) return downloaded;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    console.error('Playwright has none here; installing the system package chromium.');
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', 'chromium']);
  }
  return findChromium();
}

/** The Vulkan ICD file of Chromium's SwiftShader, for Dawn in Node on a machine without a GPU; or null. */
export function findSwiftShader() {
  const browser = findChromium();
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  if (browser !== null) folders.push(path.dirname(browser));
  for (const folder of folders) {
    const file = path.join(folder, 'vk_swiftshader_icd.json');
    if (existsSync(file)) return file;
  }
  return null;
}
