/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type Plugin } from 'vite';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.mjs';

const executablePath = findChromium();

/** The development server injects styles and React's refresh inline, which the page's own policy forbids. */
const developmentPolicy: Plugin = {
  name: 'development-content-security-policy',
  apply: (_, { command, isPreview }) => command === 'serve' && isPreview !== true,
  transformIndexHtml: (html) => html.replace("default-src 'self'", "default-src 'self' 'unsafe-inline'"),
};

export default defineConfig({
  plugins: [react(), developmentPolicy],
  // Relative addresses: the built page works in any folder of any host.
  base: './',
  // Without entries Vite would look for dependencies in the benchmark's pages too, which have an install of their own.
  optimizeDeps: { entries: ['index.html'], include: ['valibot', 'react-dom/client'] },
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 800 },
  test: {
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
          testTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each file opens a device of its own; two software GPUs at once only slow each other down.
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: CHROMIUM_ARGS, ...(executablePath === null ? {} : { executablePath }) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
