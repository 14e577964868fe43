import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../scripts/chromium.mjs';

const ADDRESS = 'http://localhost:4319';
const executablePath = findChromium();
const launch = (args: string[]) => ({
  launchOptions: { args, ...(executablePath === null ? {} : { executablePath }) },
});

/** Flags that only make WebGPU available; without them Chromium on a machine without a GPU has no adapter. */
const isWebGpuFlag = (flag: string) => /webgpu/.test(flag);

/** Specs that take minutes even on a quiet machine run in `npm run verify` only. */
const slow = process.env.VERIFY === '1' ? [] : ['*.verify.spec.ts'];

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Each test opens a software GPU of its own; two at once only slow each other down.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  use: { baseURL: ADDRESS, browserName: 'chromium' },
  projects: [
    { name: 'webgpu', testIgnore: ['*.nogpu.spec.ts', ...slow], use: launch(CHROMIUM_ARGS) },
    {
      name: 'no webgpu',
      testMatch: '*.nogpu.spec.ts',
      use: launch([...CHROMIUM_ARGS.filter((flag) => !isWebGpuFlag(flag)), '--disable-features=WebGPU']),
    },
  ],
  // The page as it is published, not as it is developed.
  webServer: {
    command: 'npm run build -- --logLevel warn && npm run preview -- --port 4319 --strictPort',
    cwd: '..',
    url: ADDRESS,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
