// transformers.js and our own code must run the same ONNX Runtime: two copies would be two WebAssembly heaps, and
// tensors of one mean nothing to the other. So we depend on exactly the version that transformers.js asks for.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
const manifest = (file: string) => read(file) as Manifest;

it('has one copy of onnxruntime-web, the one that transformers.js pins', () => {
  // npm's own list of everything that it put into node_modules.
  const { packages } = read('node_modules/.package-lock.json') as { packages: Record<string, unknown> };
  const copies = Object.keys(packages).filter((folder) => folder.endsWith('node_modules/onnxruntime-web'));
  expect(copies).toEqual(['node_modules/onnxruntime-web']);
  const installed = manifest(`${copies[0]}/package.json`).version;
  expect(manifest('node_modules/@huggingface/transformers/package.json').dependencies['onnxruntime-web']).toBe(
    installed,
  );
  const ours = manifest('package.json').dependencies;
  expect(ours['onnxruntime-web']).toBe(installed);
  expect(ours['@huggingface/transformers']).toBe(
    manifest('node_modules/@huggingface/transformers/package.json').version,
  );
});
