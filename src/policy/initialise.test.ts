import { describe, expect, it } from 'vitest';
import type { PolicyConfig } from './config.ts';
import { initialParameters } from './initialise.ts';
import { checkParameters } from './parameters.ts';

const CONFIG: PolicyConfig = {
  layers: 4,
  width: 64,
  heads: 4,
  kvHeads: 2,
  headWidth: 16,
  mlpWidth: 192,
  vocabulary: 41,
  tied: false,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 64,
};

function moments(values: Float32Array): { mean: number; deviation: number; kurtosis: number } {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const kurtosis = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / n / variance ** 2;
  return { mean, deviation: Math.sqrt(variance), kurtosis };
}

describe('initial parameters', () => {
  const parameters = initialParameters(CONFIG, 7);

  it('fit the config and are a function of the seed', () => {
    checkParameters(CONFIG, parameters);
    expect(initialParameters(CONFIG, 7)).toEqual(parameters);
    const other = initialParameters(CONFIG, 8);
    const name = 'model.layers.0.mlp.up_proj.weight';
    const same = other.get(name)!.data.filter((x, i) => x === parameters.get(name)!.data[i]).length;
    expect(same).toBe(0);
  });

  it('are normal with the deviation of their kind, with gains 1 and biases 0', () => {
    for (const [name, { data }] of parameters) {
      if (name.endsWith('norm.weight')) expect(new Set(data), name).toEqual(new Set([1]));
      else if (name.endsWith('.bias')) expect(new Set(data), name).toEqual(new Set([0]));
      else {
        const expected = /o_proj|down_proj/.test(name) ? 0.02 / Math.sqrt(8) : 0.02;
        const { mean, deviation, kurtosis } = moments(data);
        // Five standard errors of each estimate.
        const error = 5 / Math.sqrt(data.length);
        expect(Math.abs(mean), name).toBeLessThan(error * expected);
        expect(Math.abs(deviation / expected - 1), name).toBeLessThan(error * Math.SQRT1_2);
        expect(Math.abs(kurtosis - 3), name).toBeLessThan(error * Math.sqrt(24));
      }
    }
  });

  it('differ from tensor to tensor', () => {
    const first = [...parameters]
      .filter(([name]) => name.endsWith('proj.weight'))
      .map(([, { data }]) => data[0]! / data[1]!);
    expect(new Set(first).size).toBe(first.length);
  });
});
