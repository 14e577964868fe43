// Gates: the checks that a change must pass, run one after the other and counted together.
//
// A static gate (format, lint, types) counts as one test. A test gate counts what its runner's JSON report says; one
// that ends badly although its report names no failure, or that leaves no report, counts as one failed test.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './setup.mjs';

/** A gate that takes longer hangs; it is stopped and has failed. */
const GATE_LIMIT_MINUTES = 40;

const tool = (...parts) => path.join(ROOT, 'node_modules', ...parts);
const BIOME = tool('@biomejs', 'biome', 'bin', 'biome');
const VITEST = tool('vitest', 'vitest.mjs');

/** A gate that passes or fails as one. `args` are Node's. */
export const staticGate = (name, args) => ({ name, command: () => ({ args, env: {} }), count: null });

/** Projects of vite.config.ts: those whose name fits the pattern. */
export const vitestGate = (name, pattern = name) => ({
  name,
  command: (report) => ({
    args: [VITEST, 'run', '--project', pattern, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    env: {},
  }),
  count: countVitest,
});

const playwrightGate = {
  name: 'e2e',
  command: (report) => ({
    args: [
      tool('@playwright', 'test', 'cli.js'),
      'test',
      '--config',
      'e2e/playwright.config.ts',
      '--reporter=list,json',
    ],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  }),
  count: countPlaywright,
};

/** What `npm test` runs, in order. */
export const GATES = [
  staticGate('format', [BIOME, 'format', '.']),
  staticGate('lint', [BIOME, 'lint', '--error-on-warnings', '.']),
  staticGate('types', [tool('typescript', 'bin', 'tsc'), '--noEmit']),
  vitestGate('unit'),
  vitestGate('gpu'),
  playwrightGate,
];

/** Counts of Vitest's JSON report. A file that could not be loaded has no tests of its own: it is one failure. */
export function countVitest(report) {
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Counts of Playwright's JSON report; its top-level errors (a config or a file that does not load) are failures. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
}

/** Runs one gate, its output streamed. Resolves with its counts. */
export async function runGate(gate, extraEnv = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gate-'));
  const report = path.join(folder, 'report.json');
  try {
    const { args, env } = gate.command(report);
    const exitCode = await new Promise((resolve) => {
      const child = spawn(process.execPath, args, {
        cwd: ROOT,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, ...env, ...extraEnv },
        timeout: GATE_LIMIT_MINUTES * 60_000,
      });
      child.on('error', () => resolve(null));
      child.on('exit', resolve);
    });
    const ended = exitCode === 0;
    if (gate.count === null) return { passed: ended ? 1 : 0, failed: ended ? 0 : 1, skipped: 0 };
    const counts = readCounts(gate.count, report);
    return ended || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounts(count, report) {
  try {
    return count(JSON.parse(readFileSync(report, 'utf8')));
  } catch (cause) {
    console.error(`There is no readable report (${cause.message}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Runs every gate, goes on after a failure, prints a table and `N passed, N failed` as the last line; the exit code. */
export async function runGates(gates, extraEnv = {}) {
  const rows = [];
  for (const gate of gates) {
    console.log(`\n=== ${gate.name} ===`);
    const start = performance.now();
    const counts = await runGate(gate, extraEnv);
    rows.push({ gate: gate.name, ...counts, seconds: Math.round((performance.now() - start) / 1000) });
  }
  console.log('');
  for (const { gate, passed, failed, skipped, seconds } of rows)
    console.log(
      `${failed === 0 ? 'ok  ' : 'FAIL'} ${gate}: ${passed} of ${passed + failed} (${skipped} skipped), ${seconds} s`,
    );
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  const failed = total('failed');
  console.log(`${total('passed')} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
