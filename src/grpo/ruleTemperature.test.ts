import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped } from '../reference/fixtures.ts';
import { parseSamplerConfig, type SamplerConfigInput } from '../temperature/config.ts';
import { drawingAtOne, ruleTemperatures, scheduledTemperatures, withTemperatures } from './ruleTemperature.ts';
import { parseRunConfig } from './runConfig.ts';

const GROUP = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);

async function drawn(sampler: SamplerConfigInput, forced?: readonly Int32Array[]) {
  const engine = new ReferenceEngine(grouped.config);
  await engine.loadParameters(grouped.parameters);
  const request = {
    prompts: Array.from(GROUP, (group) => (group === 0 ? Int32Array.of(1, 2, 3) : Int32Array.of(7, 5))),
    group: GROUP,
    maxNewTokens: 8,
    stopTokens: [0, 4, 8, 12, 16, 20, 24, 28, 32, 36],
    sampler: parseSamplerConfig(sampler),
    seed: 2,
  };
  // The second batch begins with the queues that the first one left, if they are kept.
  await engine.generate(request);
  const queues = request.sampler.queue.keep ? await engine.readQueues() : [];
  const rollouts = await engine.generate({ ...request, stream: 1, ...(forced === undefined ? {} : { forced }) });
  return { rollouts, queues };
}

const RULES: SamplerConfigInput[] = [
  { temperature: { rule: 'binary', high: 1.6, low: 0.7 }, ladder: { offsets: [0, 0.1, -0.1], shifts: 'hot' } },
  {
    temperature: { rule: 'binary', high: 1.6, low: 0.7 },
    queue: { scope: 'prompt', warmup: { entropies: 9, use: 'one' } },
    tie: 'inclusive',
  },
  { temperature: { rule: 'rank', high: 1.5, low: 0.5 }, ladder: { offsets: [0, 0.2] } },
  {
    temperature: { rule: 'rank', high: 1.5, low: 0.5 },
    queue: {
      scope: 'prompt',
      keep: true,
      capacity: 30,
      order: 'threshold-first',
      warmup: { entropies: 3, use: 'cold' },
    },
  },
  { temperature: { rule: 'rank', high: 1.5, low: 0.5 }, queue: { scope: 'rollout', keep: true, capacity: 5 } },
  { temperature: { rule: 'edt', base: 1.3, theta: 0.4 }, ladder: { offsets: [0, -0.2] } },
  { temperature: { rule: 'fixed', tau: 0.9 }, ladder: { offsets: [0, 0.3] } },
];

/** The oracle judges by float64 entropies, of which the record keeps the float32. */
function expectSame(found: readonly Float32Array[], tau: readonly Float32Array[]): void {
  expect(found.map(({ length }) => length)).toEqual(tau.map(({ length }) => length));
  const differences = found.flatMap((list, row) => [...list].map((x, t) => Math.abs(x - tau[row]![t]!)));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}

describe('ruleTemperatures', () => {
  it.each(RULES)('finds again what the sampler drew at: %o', async (sampler) => {
    const { rollouts, queues } = await drawn(sampler);
    expect(new Set(rollouts.map(({ ids }) => ids.length)).size).toBeGreaterThan(1);
    const found = ruleTemperatures(parseSamplerConfig(sampler), rollouts, queues);
    expectSame(
      found,
      rollouts.map(({ tau }) => tau),
    );
    expect(new Set(found.flatMap((tau) => [...tau])).size).toBeGreaterThan(1);
  });

  it.each(RULES)('and what it would have drawn the same tokens at, had they been drawn at 1: %o', async (sampler) => {
    const config = parseSamplerConfig(sampler);
    const atOne = await drawn(drawingAtOne(config));
    expect(new Set(atOne.rollouts.flatMap(({ tau }) => [...tau]))).toEqual(new Set([1]));
    const asked = ruleTemperatures(config, atOne.rollouts, atOne.queues);
    const byRule = await drawn(
      sampler,
      atOne.rollouts.map(({ ids }) => ids),
    );
    // Without kept queues nothing of the first batch, whose tokens differ, is left in the second.
    if (config.queue.keep) return;
    expectSame(
      asked,
      byRule.rollouts.map(({ tau }) => tau),
    );
    const needsQueue = config.temperature.rule === 'binary' || config.temperature.rule === 'rank';
    if (needsQueue) expect(atOne.rollouts.map(({ hot }) => hot)).toEqual(byRule.rollouts.map(({ hot }) => hot));
  });
});

describe('schedules', () => {
  const config = parseRunConfig({
    schedules: {
      high: { kind: 'linear', from: 1.2, to: 1.4, steps: 2 },
      low: { kind: 'entropy', from: 1, targetNats: 0.5 },
    },
  });
  it('replace the numbers of the sampler', () => {
    const first = scheduledTemperatures(config, 1, null, 20);
    expect(first).toEqual({ high: 1.2 + (1.4 - 1.2) / 2, low: 1 });
    const { temperature } = withTemperatures(config.sampler, first);
    expect(temperature).toMatchObject({ rule: 'binary', high: first.high, low: 1 });
    expect(withTemperatures(config.sampler, {})).toEqual(config.sampler);
  });
  it('go on from the step before where they steer by entropy', () => {
    const memory = { temperatures: { high: 1.2, low: 0.8 }, entropyNats: 0.25 };
    const { low } = scheduledTemperatures(config, 1, memory, 20);
    // E3: T (1 + T ln(H* / H) / (ln V + ln ln V))
    expect(low).toBeCloseTo(0.8 * (1 + (0.8 * Math.log(2)) / (Math.log(20) + Math.log(Math.log(20)))), 12);
  });
  it('steer the base of EDT and the fixed temperature alike', () => {
    const sampler = (temperature: SamplerConfigInput['temperature']) =>
      withTemperatures(parseSamplerConfig({ temperature }), { tau: 1.7 }).temperature;
    expect(sampler({ rule: 'edt' })).toMatchObject({ base: 1.7 });
    expect(sampler({ rule: 'fixed' })).toEqual({ rule: 'fixed', tau: 1.7 });
  });
  it('are refused where the ladder would make a temperature of 0', () =>
    expect(() => withTemperatures(parseSamplerConfig({ ladder: { offsets: [0, -0.5] } }), { low: 0.5 })).toThrow(
      /temperature of 0/,
    ));
});
