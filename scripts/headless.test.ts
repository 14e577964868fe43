import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeSafetensors } from '../src/policy/safetensors.ts';
import { findSwiftShader } from './chromium.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly notes: () => string;
  readonly code: Promise<number | null>;
}

function launch(...args: string[]): Run {
  const child = spawn(process.execPath, ['scripts/headless.mjs', ...args], { stdio: 'pipe' });
  let out = '';
  let notes = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    notes += chunk;
  });
  return { child, out: () => out, notes: () => notes, code: once(child, 'close').then(([code]) => code) };
}

it('builds the program and gives it arguments, stdin, stdout and exit code', async () => {
  const unknown = launch('frob');
  expect(await unknown.code).toBe(2);
  expect([unknown.out(), unknown.notes()]).toEqual([
    '',
    'There is no command "frob"; the commands are init, pretrain, train, experiment, merge, evaluate, score, grad, sample, generate.\n',
  ]);

  const model = path.join(folder, 'model');
  const init = launch('init', '--model', model, '--alphabet', '01', '--width', '8', '--heads', '2');
  expect([await init.code, init.notes()]).toEqual([0, '']);
  expect(JSON.parse(init.out()).vocabulary).toBe(4);

  const score = launch('score', '--model', model, '--tokens', '-', '--backend', 'reference');
  score.child.stdin!.end('{"ids":[2,3,1]}\n{"ids":[3,2]}\n');
  expect(await score.code).toBe(0);
  const lines = score.out().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).logp1.length)).toEqual([2, 1]);

  // Ctrl-C: here while it waits for stdin.
  const waiting = launch('score', '--model', model, '--tokens', '-', '--backend', 'reference');
  while (!waiting.notes().includes('Backend')) await once(waiting.child.stderr!, 'data');
  waiting.child.kill('SIGINT');
  expect(await waiting.code).toBe(130);
});

it.skipIf(process.platform === 'linux' && findSwiftShader() === null)(
  'finds a Vulkan driver for Dawn, and samples there what the oracle samples',
  async () => {
    const [steps, rows, vocabulary] = [3, 2, 11];
    const data = Float32Array.from({ length: steps * rows * vocabulary }, (_, i) => 3 * Math.sin(i * i));
    const logits = path.join(folder, 'l.safetensors');
    writeFileSync(logits, writeSafetensors(new Map([['logits', { shape: [steps, rows, vocabulary], data }]])));
    const tokens = async (backend: string) => {
      const run = launch('sample', '--logits', logits, '--seed', '5', '--backend', backend);
      expect(await run.code, run.notes()).toBe(0);
      const lines = run.out().trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line)).map(({ step, row, token, hot }) => ({ step, row, token, hot }));
    };
    const expected = await tokens('reference');
    expect(expected).toHaveLength(steps * rows);
    expect(await tokens('webgpu')).toEqual(expected);
  },
);
