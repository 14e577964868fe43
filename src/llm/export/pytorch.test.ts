// An exported folder read by PyTorch: the same logits as the oracle has from it, and as transformers.js has.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readCheckpoint } from '../../policy/checkpoint.ts';
import { readSafetensors } from '../../policy/safetensors.ts';
import { forward, weightsFromTensors } from '../../reference/decoder.ts';
import { drawnPolicy } from './export.testing.ts';
import { exportForTransformers } from './exportPolicy.ts';
import { loadBack } from './loadBack.ts';
import { shippedBase } from './shippedBase.testing.ts';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../../../scripts/pytorch_logits.py', import.meta.url));
const TIMEOUT_MS = 120_000;

const hasTorch = () => {
  try {
    execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

it.skipIf(!hasTorch()).each([
  ['a shipped base', shippedBase('derivative')],
  ['grouped heads, untied', drawnPolicy({ rmsEpsilon: 1e-6 })],
  ['a head width of its own, tied', drawnPolicy({ rmsEpsilon: 1e-6, headWidth: 6, tied: true })],
])('is read by PyTorch with equal logits: %s', { timeout: TIMEOUT_MS }, async (_, checkpoint) => {
  const files = exportForTransformers(checkpoint);
  const { vocabulary } = checkpoint.config;
  const rows = [[0], [5, 1, 4], Array.from({ length: 30 }, (_, i) => (7 * i * i + i) % vocabulary)];
  const folder = mkdtempSync(path.join(tmpdir(), 'exported-folder-'));
  const loaded = await loadBack(files, { device: 'cpu' });
  try {
    for (const [name, bytes] of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), bytes);
    }
    writeFileSync(path.join(folder, 'rows.json'), JSON.stringify(rows));
    const out = path.join(folder, 'logits.safetensors');
    execFileSync(PYTHON, ['-B', SCRIPT, folder, path.join(folder, 'rows.json'), out]);
    const theirs = readSafetensors(readFileSync(out)).tensors;

    const { config, parameters } = readCheckpoint(files);
    const weights = weightsFromTensors(config, parameters);
    for (const [row, ids] of rows.entries()) {
      const { shape, data } = theirs.get(`${row}`)!;
      expect(shape).toEqual([ids.length, vocabulary]);
      const oracle = forward(config, weights, Int32Array.from(ids)).logits;
      const runtime = await loaded.logits(Int32Array.from(ids), 0);
      // Float64 on both sides; the file rounds to float32.
      for (const [i, z] of data.entries()) {
        expect(Math.abs(oracle[i]! - z)).toBeLessThan(1e-5);
        expect(Math.abs(runtime[i]! - z)).toBeLessThan(1e-4);
      }
    }
  } finally {
    await loaded.dispose();
    rmSync(folder, { recursive: true });
  }
});
