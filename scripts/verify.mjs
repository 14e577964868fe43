// `npm run verify`: the gates of `npm test` with VERIFY=1 (tests that loop then loop longer), and then the slow checks,
// src/**/*.verify.test.ts. A new slow check is a new file of that name; nothing else needs to know of it.

import { ensureInstalled } from './setup.mjs';

ensureInstalled();
const { ensureChromium } = await import('./chromium.mjs');
const { GATES, runGates, vitestGate } = await import('./gates.mjs');

const onlySlow = process.argv.includes('--only-slow');
if (!onlySlow) ensureChromium();
process.exitCode = await runGates([...(onlySlow ? [] : GATES), vitestGate('verify')], { VERIFY: '1' });
