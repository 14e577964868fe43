// `npm run verify`: the gates of `npm test` with VERIFY=1 (tests that loop then loop longer, and
// e2e/*.verify.spec.ts run too), and then the slow checks,
// src/**/*.verify.test.ts and *.verify.gpu.test.ts. A new slow check is a new file of that name; nothing else needs to
// know of it. `npm run verify -- --only-slow` runs those alone.

import { ensureInstalled } from './setup.mjs';

ensureInstalled();
const { ensureChromium } = await import('./chromium.mjs');
const { GATES, runGates, vitestGate } = await import('./gates.mjs');

const onlySlow = process.argv.includes('--only-slow');
ensureChromium();
process.exitCode = await runGates([...(onlySlow ? [] : GATES), vitestGate('verify', 'verify*')], { VERIFY: '1' });
