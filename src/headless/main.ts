// The process: scripts/headless.mjs builds this file and runs it.

import { once } from 'node:events';
import { runHeadless } from './run.ts';

// A reader that has seen enough (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const code = await runHeadless(process.argv.slice(2), {
  result: async (line) => {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  },
  note: (line) => process.stderr.write(`${line}\n`),
});
// Dawn's threads would keep the process alive; leave once stdout has taken everything.
process.stdout.write('', () => process.exit(code));
