// `npm start`: installs what is missing, serves the app and opens it where there is a desktop.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, ROOT } from './setup.mjs';

ensureInstalled();

const hasDesktop =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

// Vite prints the address. Arguments after `npm start --` are Vite's own (--port, --host).
const vite = spawn(
  process.execPath,
  [
    path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js'),
    ...(hasDesktop ? ['--open'] : []),
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vite.kill(signal));
vite.on('exit', (code) => process.exit(code ?? 0));
