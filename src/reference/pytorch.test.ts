import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { NamedTensors } from '../policy/parameters.ts';
import { readSafetensors } from '../policy/safetensors.ts';
import { adamWStep, freshAdamW } from './adamw.ts';
import { weightsFromTensors, zeroWeights } from './decoder.ts';
import { grouped, largestDifference, relativeL2, untied, untiedAdamW } from './fixtures.ts';
import { accumulateGradient } from './scores.ts';

const PYTHON = '/usr/bin/python3';
const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
const SCRIPT = fileURLToPath(new URL('../../scripts/pytorch_fixtures.py', import.meta.url));

function expectClose(actual: ReadonlyMap<string, Float64Array>, expected: NamedTensors, limit: number): void {
  for (const [name, tensor] of expected)
    expect(relativeL2(actual.get(name)!, tensor.data), `relative L2 error of ${name}`).toBeLessThan(limit);
}

describe.each([grouped, untied])('PyTorch fixture $name', (fixture) => {
  const { config, batch, coef } = fixture;
  const gradient = zeroWeights(config);
  const scores = accumulateGradient(config, weightsFromTensors(config, fixture.parameters), batch, coef, gradient);

  test.each(['logp1', 'logpTau', 'entropyNats'] as const)('%s within 1e-5', (name) => {
    expect(largestDifference(scores[name], fixture[name])).toBeLessThan(1e-5);
  });

  test('every gradient within 1e-5 relative L2', () => {
    expect(fixture.gradient.size).toBe(gradient.size);
    expectClose(gradient, fixture.gradient, 1e-5);
  });
});

test('three AdamW steps with clip and decay', () => {
  const { config, batch, coef } = untied;
  const weights = weightsFromTensors(config, untied.parameters);
  let state = freshAdamW(config);
  for (const norm of untiedAdamW.gradNorms) {
    const gradient = zeroWeights(config);
    accumulateGradient(config, weights, batch, coef, gradient);
    const update = adamWStep(config, weights, gradient, state, untiedAdamW.options);
    expect(update.report.gradNorm).toBeCloseTo(norm, 8);
    expect(update.report.applied).toBe(true);
    state = update.state;
  }
  expect(state.step).toBe(3);
  expectClose(weights, untiedAdamW.parameters, 1e-6);
  expectClose(state.firstMoment, untiedAdamW.firstMoment, 1e-5);
  expectClose(state.secondMoment, untiedAdamW.secondMoment, 1e-5);
});

test('the committed fixtures are what PyTorch computes today', (context) => {
  try {
    execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    context.skip(`${PYTHON} has no torch here (Debian: python3-torch); the committed fixtures stand in for it.`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'pytorch-fixtures-'));
  try {
    execFileSync(PYTHON, [SCRIPT, folder]);
    for (const { name } of [grouped, untied]) {
      for (const file of ['batch.json', 'config.json'])
        expect(JSON.parse(readFileSync(join(folder, name, file), 'utf8'))).toEqual(
          approximately(JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8'))),
        );
      for (const file of ['model.safetensors', 'expected.safetensors']) {
        const live = readSafetensors(readFileSync(join(folder, name, file))).tensors;
        const committed = readSafetensors(readFileSync(join(FIXTURES, name, file))).tensors;
        expect([...live.keys()]).toEqual([...committed.keys()]);
        for (const [tensor, { data }] of committed)
          expect(relativeL2(live.get(tensor)!.data, data), `${name}/${file}: ${tensor}`).toBeLessThan(1e-6);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The same value with its numbers compared to 8 digits after the point. */
function approximately(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 8);
  if (Array.isArray(value)) return value.map(approximately);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, approximately(inner)]));
  return value;
}
