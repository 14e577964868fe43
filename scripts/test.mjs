// `npm test`: every gate, from a fresh clone on. `npm test -- lint unit` runs only those.

import { ensureInstalled } from './setup.mjs';

ensureInstalled();
const { ensureChromium } = await import('./chromium.mjs');
const { GATES, runGates } = await import('./gates.mjs');

const names = process.argv.slice(2);
const unknown = names.find((name) => !GATES.some((gate) => gate.name === name));
if (unknown !== undefined) {
  console.error(`There is no gate "${unknown}"; the gates are ${GATES.map((gate) => gate.name).join(', ')}.`);
  process.exit(2);
}
const gates = names.length === 0 ? GATES : GATES.filter((gate) => names.includes(gate.name));

const needsBrowser = gates.some((gate) => gate.name === 'gpu' || gate.name === 'e2e');
if (needsBrowser && ensureChromium() === null)
  console.error('No Chromium could be set up: the gates gpu and e2e will fail. Name one in the variable CHROMIUM.');
process.exitCode = await runGates(gates);
