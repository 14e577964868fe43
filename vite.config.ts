/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type Plugin } from 'vite';
import type { BrowserConfigOptions } from 'vitest/node';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.mjs';
import { sourceHash } from './scripts/sourceHash.mjs';

const LONGEST_VERIFICATION_MS = 1_800_000;

const executablePath = findChromium();

/** A real WebGPU. Test files run one at a time: each opens a device, and two software GPUs only slow each other down. */
const headlessChromium = (): BrowserConfigOptions => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({
    launchOptions: { args: CHROMIUM_ARGS, ...(executablePath === null ? {} : { executablePath }) },
  }),
  instances: [{ browser: 'chromium' }],
});

/** The development server injects styles and React's refresh inline, which the page's own policy forbids. */
const developmentPolicy: Plugin = {
  name: 'development-content-security-policy',
  apply: (_, { command, isPreview }) => command === 'serve' && isPreview !== true,
  transformIndexHtml: (html) => html.replaceAll(/(script|style)-src 'self'/g, "$& 'unsafe-inline'"),
};

export default defineConfig({
  plugins: [react(), developmentPolicy],
  define: { 'import.meta.env.SOURCE_HASH': JSON.stringify(sourceHash(import.meta.dirname)) },
  // Relative addresses: the built page works in any folder of any host.
  base: './',
  // Without entries Vite would look for dependencies in the benchmark's pages too, which have an install of their own.
  optimizeDeps: {
    entries: ['index.html'],
    include: [
      'valibot',
      'react-dom/client',
      'recharts',
      'radix-ui',
      'zustand',
      'zustand/vanilla',
      'idb',
      '@zip.js/zip.js/lib/zip-core-custom.js',
      '@huggingface/transformers',
      'onnxruntime-web/webgpu',
      'mathjs',
    ],
  },
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 800 },
  test: {
    // NAME.test.ts runs in Node and NAME.gpu.test.ts(x) in Chromium; with .verify before that, only in `npm run verify`.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['src/**/*.gpu.test.ts', 'src/**/*.verify.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'verify',
          environment: 'node',
          include: ['src/**/*.verify.test.ts'],
          testTimeout: LONGEST_VERIFICATION_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.{ts,tsx}'],
          exclude: ['src/**/*.verify.gpu.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          browser: headlessChromium(),
        },
      },
      {
        extends: true,
        test: {
          name: 'verify-gpu',
          include: ['src/**/*.verify.gpu.test.ts'],
          testTimeout: LONGEST_VERIFICATION_MS,
          fileParallelism: false,
          browser: headlessChromium(),
        },
      },
    ],
  },
});
