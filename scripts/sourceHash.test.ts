import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourceHash } from './sourceHash.mjs';

const root = mkdtempSync(path.join(tmpdir(), 'sources-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const name of ['src', 'shaders', 'package-lock.json']) cpSync(name, path.join(root, name), { recursive: true });
const hash = sourceHash(root);
const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);

it('is eight hexadecimal digits', () => expect(hash).toMatch(/^[0-9a-f]{8}$/));

it('does not change with tests, the page or the commands', () => {
  write('src/grpo/new.test.ts', '1');
  write('src/grpo/new.testing.ts', '1');
  write('src/ui/new.ts', '1');
  write('src/headless/new.ts', '1');
  expect(sourceHash(root)).toBe(hash);
});

it.each(['src/grpo/new.ts', 'src/cpu/new.ts', 'shaders/new.wgsl'])('changes with %s', (name) => {
  write(name, '1');
  const other = sourceHash(root);
  expect(other).not.toBe(hash);
  write(name, '2');
  expect(sourceHash(root)).not.toBe(other);
  rmSync(path.join(root, name));
  expect(sourceHash(root)).toBe(hash);
});

it('does not change with line ends', () => {
  write('src/grpo/new.ts', 'a\nb\n');
  const other = sourceHash(root);
  write('src/grpo/new.ts', 'a\r\nb\r\n');
  expect(sourceHash(root)).toBe(other);
});
