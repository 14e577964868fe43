// The counting behind `npm test`, tried on real child processes: a gate must not pass by crashing.

import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, type Gate, runGate, staticGate } from './gates.mjs';

const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const vitestReport = (fields: object) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  testResults: [passing],
  ...fields,
});

/** A gate whose command writes `report` (unless null) and ends with `exitCode`. */
const gateThatEnds = (exitCode: number, report: object | null): Gate => ({
  name: 'example',
  command: (file) => ({
    args: [
      '--eval',
      `${report === null ? '' : `fs.writeFileSync(process.env.REPORT, ${JSON.stringify(JSON.stringify(report))});`}process.exit(${exitCode})`,
    ],
    env: { REPORT: file },
  }),
  count: countVitest,
});

describe('counting', () => {
  it('counts tests, and a file that could not be loaded as one failure', () => {
    expect(countVitest(vitestReport({}))).toEqual({ passed: 3, failed: 0, skipped: 1 });
    const unloadable = { status: 'failed', assertionResults: [] };
    const failing = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] };
    expect(countVitest(vitestReport({ numFailedTests: 2, testResults: [passing, failing, unloadable] })).failed).toBe(
      3,
    );
  });

  it('counts flaky browser tests and errors outside tests as failures', () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
    expect(countPlaywright(report)).toEqual({ passed: 4, failed: 3, skipped: 2 });
  });
});

describe('running a gate', () => {
  it('takes a static gate by its exit code', async () => {
    expect(await runGate(staticGate('good', ['--eval', '']))).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(await runGate(staticGate('bad', ['--eval', 'process.exit(3)']))).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it('takes the counts of a runner that reports', async () => {
    expect(await runGate(gateThatEnds(0, vitestReport({})))).toEqual({ passed: 3, failed: 0, skipped: 1 });
    expect(await runGate(gateThatEnds(1, vitestReport({ numFailedTests: 2 })))).toEqual({
      passed: 3,
      failed: 2,
      skipped: 1,
    });
  });

  it('fails a runner that crashes, whatever it reported before', async () => {
    expect(await runGate(gateThatEnds(0, null))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(await runGate(gateThatEnds(134, null))).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(await runGate(gateThatEnds(1, vitestReport({})))).toEqual({ passed: 3, failed: 1, skipped: 1 });
  });
});
