import { describe, expect, it } from 'vitest';
import { checkPolicyConfig } from '../policy/config.ts';
import { initialParameters } from '../policy/initialise.ts';
import { parseRunConfig, type RunConfigInput } from './runConfig.ts';
import {
  canonicalJson,
  chosenFields,
  differences,
  hashOf,
  type RunIdentity,
  runHash,
  runName,
  sha256,
  shortHash,
  weightsHash,
} from './runIdentity.ts';

const named = (input: RunConfigInput) => runName(parseRunConfig(input));

describe('canonicalJson', () => {
  it('does not depend on the order in which names were given, at any depth', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  });
});

describe('sha256', () => {
  it('is that of FIPS 180-2', async () => {
    expect(await sha256(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('weightsHash', () => {
  const config = checkPolicyConfig({
    layers: 1,
    width: 8,
    heads: 2,
    kvHeads: 1,
    headWidth: 4,
    mlpWidth: 8,
    vocabulary: 5,
    tied: true,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-6,
    maxPositions: 16,
  });
  const weights = initialParameters(config, 3);

  it('is of the values, not of their order or of the buffers they lie in', async () => {
    const reordered = new Map(
      [...weights].reverse().map(([name, { shape, data }]) => {
        const wide = new Float32Array(data.length + 2);
        wide.set(data, 1);
        return [name, { shape, data: wide.subarray(1, data.length + 1) }];
      }),
    );
    expect(await weightsHash(config, reordered)).toBe(await weightsHash(config, weights));
  });

  it('changes with the last bit of one weight, and with the shape of the policy', async () => {
    const hash = await weightsHash(config, weights);
    const [name, { shape, data }] = [...weights][1]!;
    const touched = data.slice();
    new Int32Array(touched.buffer)[0]! ^= 1;
    expect(await weightsHash(config, new Map(weights).set(name, { shape, data: touched }))).not.toBe(hash);
    expect(await weightsHash({ ...config, ropeTheta: 20_000 }, weights)).not.toBe(hash);
  });
});

describe('runHash', () => {
  const identity: RunIdentity = {
    config: parseRunConfig({}),
    weights: 'w',
    source: 'three-numbers',
    code: '1',
    backend: 'cpu',
    adapter: 'a',
  };

  it('is of the defaults as much as of what is given', async () => {
    expect(await runHash({ ...identity, config: parseRunConfig({ group: 8, loss: { clipHigh: 0.2 } }) })).toBe(
      await runHash(identity),
    );
  });

  it.each<Partial<RunIdentity>>([
    { config: parseRunConfig({ seed: 1 }) },
    { config: parseRunConfig({ sampler: { ladder: { offsets: [0, 0.1] } } }) },
    { weights: 'v' },
    { source: 'four-numbers' },
    { code: '2' },
    { backend: 'webgpu' },
    { adapter: 'b' },
  ])('changes with %j', async (change) => {
    expect(await runHash({ ...identity, ...change })).not.toBe(await runHash(identity));
  });

  it('has a short form', async () => {
    expect(shortHash(await hashOf(1))).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('differences', () => {
  it('names fields by their path and compares lists whole', () => {
    expect(differences({ a: { b: 1, c: [1, 2] }, d: null }, { a: { b: 1, c: [1, 3] }, e: 2 })).toEqual([
      { field: 'a.c', left: [1, 2], right: [1, 3] },
      { field: 'd', left: null, right: undefined },
      { field: 'e', left: undefined, right: 2 },
    ]);
  });
});

describe('chosenFields', () => {
  it('are those that the task, the variant and the rules do not bring', () => {
    const config = parseRunConfig({
      task: 'parity',
      loss: { variant: 'dapo', clipHigh: 0.3 },
      sampler: { threshold: { rule: 'top-p' } },
    });
    expect(chosenFields(config)).toEqual([{ field: 'loss.clipHigh', left: 0.28, right: 0.3 }]);
  });
});

describe('runName', () => {
  it.each<[RunConfigInput, string]>([
    [{}, 'countdown'],
    [{ difficulty: 'four-numbers', seed: 3 }, 'countdown four-numbers seed=3'],
    [
      {
        task: 'addition',
        loss: { variant: 'dapo' },
        sampler: { temperature: { rule: 'binary', high: 1.6, low: 0.7 } },
      },
      'addition dapo high=1.6 low=0.7',
    ],
    [{ sampler: { temperature: { rule: 'fixed', tau: 0.6 } } }, 'countdown fixed tau=0.6'],
    [{ sampler: { ladder: { offsets: [0, 0.1] } } }, 'countdown offsets=[0,0.1]'],
    [{ schedules: { high: { kind: 'linear' } } }, 'countdown high=linear'],
  ])('of %j is %s', (input, name) => {
    expect(named(input)).toBe(name);
  });
});
