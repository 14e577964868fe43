import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rollout } from '../policy/engine.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped } from '../reference/fixtures.ts';
import { parseSamplerConfig, type SamplerConfigInput } from '../temperature/config.ts';
import {
  compensated,
  drawsAtOne,
  type LossTemperatureMode,
  lossTemperatureSchema,
  ruleTau,
  scoredTau,
  scoringBatch,
  temperatureAudit,
  truncatedWeights,
} from './lossTemperature.ts';

const HOT = 1.6;
const COLD = Math.fround(0.7);
const MEAN = 'sampling/sampling_logp_difference/mean';
const MAX = 'sampling/sampling_logp_difference/max';

describe('scoredTau', () => {
  const tau = Float32Array.of(1.6, 0.7, 0.7, 1.6);
  const [hot, cold] = [tau[0]!, tau[1]!];
  it.each<[LossTemperatureMode, readonly number[]]>([
    ['on-policy', [hot, cold, cold, hot]],
    ['update-only', [hot, cold, cold, hot]],
    ['sampling-only', [1, 1, 1, 1]],
    ['one-late', [1, hot, cold, cold]],
    ['truncated', [1, 1, 1, 1]],
  ])('in the mode %s', (mode, expected) => {
    expect([...scoredTau(mode, tau)]).toEqual(expected);
  });

  it('leaves the record alone', () => {
    scoredTau('on-policy', tau)[0] = 9;
    expect(tau[0]).toBe(hot);
  });

  it('reads the rule from the classes', () =>
    expect([...ruleTau(Uint8Array.of(1, 0, 1), HOT, COLD)]).toEqual([Math.fround(HOT), COLD, Math.fround(HOT)]));
});

describe('scoringBatch', () => {
  const rollouts = [
    {
      promptIds: Int32Array.of(5, 6),
      ids: Int32Array.of(7, 8),
      tau: Float32Array.of(2, 3),
      logpTau: Float32Array.of(-1, -2),
    },
    { promptIds: Int32Array.of(4), ids: Int32Array.of(9), tau: Float32Array.of(4), logpTau: Float32Array.of(-3) },
  ];
  it('lays prompts and completions end to end', () => {
    const batch = scoringBatch('on-policy', rollouts);
    expect([...batch.ids]).toEqual([5, 6, 7, 8, 4, 9]);
    expect([...batch.rowStart]).toEqual([0, 4, 6]);
    expect([...batch.tau]).toEqual([1, 1, 2, 3, 1, 4]);
    expect([...batch.mask]).toEqual([0, 0, 1, 1, 0, 1]);
    expect([...batch.samplerLogp]).toEqual([0, 0, -1, -2, 0, -3]);
  });
  it('takes other temperatures than the records hold', () =>
    expect([...scoringBatch('update-only', rollouts, [Float32Array.of(5, 6), Float32Array.of(7)]).tau]).toEqual([
      1, 1, 5, 6, 1, 7,
    ]));
});

describe('truncatedWeights', () => {
  it('is the ratio up to the largest weight, and 1 in prompts', () => {
    const batch = { mask: Uint8Array.of(0, 1, 1, 1), samplerLogp: Float32Array.of(0, -1, -2, -3) };
    const weights = truncatedWeights(batch, [99, -1, -2 + Math.log(1.5), -3 + Math.log(7)], 2);
    [1, 1, 1.5, 2].forEach((weight, i) => {
      expect(weights[i]).toBeCloseTo(weight, 12);
    });
  });
});

describe('compensated', () => {
  it('multiplies by the scored temperature', () =>
    expect([...compensated(Float64Array.of(0, -2, 4), Float32Array.of(1, 1.5, 0.5))]).toEqual([0, -3, 2]));
});

describe('the temperature audit, on a policy', () => {
  const engine = new ReferenceEngine(grouped.config);
  beforeAll(() => engine.loadParameters(grouped.parameters));

  const generate = (sampler: SamplerConfigInput) =>
    engine.generate({
      prompts: [Int32Array.of(1, 2, 3), Int32Array.of(7), Int32Array.of(4, 4)],
      maxNewTokens: 12,
      stopTokens: [],
      sampler: parseSamplerConfig(sampler),
      seed: 5,
    });

  async function audit(mode: LossTemperatureMode) {
    const rollouts: Rollout[] = await generate({
      temperature: drawsAtOne(mode) ? { rule: 'fixed', tau: 1 } : { rule: 'binary', high: HOT, low: 0.7 },
    });
    const tau = drawsAtOne(mode) ? rollouts.map(({ hot }) => ruleTau(hot, HOT, 0.7)) : undefined;
    const batch = scoringBatch(mode, rollouts, tau);
    const { logpTau } = await engine.score(batch);
    return { batch, logpTau, ...temperatureAudit(batch, logpTau) };
  }

  it('is near 0 on-policy', async () => {
    const report = await audit('on-policy');
    expect(new Set(report.batch.tau)).toEqual(new Set([1, Math.fround(HOT), COLD]));
    expect(report[MEAN]).toBeLessThan(1e-6);
    expect(report[MAX]).toBeLessThan(5e-6);
  });

  it.each<LossTemperatureMode>(['update-only', 'sampling-only', 'one-late', 'truncated'])(
    'is large in the mode %s',
    async (mode) => {
      const report = await audit(mode);
      expect(report[MEAN]).toBeGreaterThan(1e-2);
      expect(report[MAX]).toBeGreaterThan(report[MEAN]);
    },
  );

  it('counts generated tokens only, and cannot be blinded by a NaN', () => {
    const batch = { mask: Uint8Array.of(0, 1, 1), samplerLogp: Float32Array.of(9, -1, -2) };
    expect(temperatureAudit(batch, [0, -1.5, -2.25])).toEqual({ [MEAN]: 0.375, [MAX]: 0.5 });
    expect(temperatureAudit(batch, [0, Number.NaN, -2])).toEqual({ [MEAN]: Number.NaN, [MAX]: Number.NaN });
    expect(() => temperatureAudit({ ...batch, mask: new Uint8Array(3) }, [0, 0, 0])).toThrow(RangeError);
  });
});

describe('lossTemperatureSchema', () => {
  it('is on-policy unless told', () =>
    expect(v.parse(lossTemperatureSchema, {})).toEqual({ mode: 'on-policy', largestWeight: 2, compensate: false }));
  it('refuses other modes', () => expect(v.safeParse(lossTemperatureSchema, { mode: 'late' }).success).toBe(false));
});
