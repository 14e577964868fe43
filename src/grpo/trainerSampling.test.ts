// What a step draws, and at which temperatures: dynamic sampling, the modes of the loss temperature, ladders, schedules.

import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { relativeL2 } from '../reference/fixtures.ts';
import type { ProblemSource } from '../tasks/source.ts';
import type { SamplerConfigInput } from '../temperature/config.ts';
import type { LossTemperatureMode } from './lossTemperature.ts';
import type { RunConfigInput } from './runConfig.ts';
import { flat, logged, PARAMETERS, SOURCE, START, steps, testConfig, testTrainer } from './trainer.testing.ts';

const MEAN = 'sampling/sampling_logp_difference/mean';

/** Only problems whose index `isOpen` lets through can be solved. */
function partlyOpen(isOpen: (index: number) => boolean): ProblemSource {
  return {
    ...SOURCE,
    problem: (part, seed, index) => {
      const problem = SOURCE.problem(part, seed, index);
      return isOpen(index) ? problem : { ...problem, verify: () => ({ reward: 0, outcome: 'wrong answer' }) };
    },
  };
}
const promptsOf = (indices: readonly number[]) => indices.map((i) => SOURCE.problem('training', 5, i).prompt);

describe('a step', () => {
  it('takes the run’s next problems, a group each, and goes on with the next noise', async () => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig());
    const [first, second] = await steps(trainer, 2);
    const prompts = [...first!.rollouts, ...second!.rollouts].map(({ prompt }) => prompt);
    expect(prompts).toEqual(promptsOf([0, 1, 2, 3, 4, 5]).flatMap((prompt) => new Array(4).fill(prompt)));
    expect(second!.rollouts.map(({ step, group, member }) => [step, group, member])).toEqual(
      [0, 1, 2].flatMap((group) => [0, 1, 2, 3].map((member) => [1, group, member])),
    );
    expect((await trainer.save()).trainer!.noise).toEqual({ seed: 5, stream: 2 });
    const read = [...first!.rollouts, ...second!.rollouts].reduce((n, o) => n + o.promptIds.length + o.ids.length, 0);
    expect(second!.metrics['num_tokens']).toBe(read);
  });

  it('is the same again, and another with another seed', async () => {
    const texts = async (seed: number) => {
      const { trainer } = await testTrainer(createCpuEngine, testConfig({ seed }));
      return (await trainer.runStep()).rollouts.map(({ completion }) => completion);
    };
    expect(await texts(5)).toEqual(await texts(5));
    expect(await texts(5)).not.toEqual(await texts(6));
  });
});

describe('dynamic sampling', () => {
  const dynamic: RunConfigInput = { group: 16, loss: { variant: 'dapo', generationBatches: 4, overlongShare: null } };

  it('draws batches until the step is full, and counts what it discards', async () => {
    const { trainer } = await testTrainer(
      createCpuEngine,
      testConfig(dynamic),
      START,
      partlyOpen((i) => i % 3 === 1),
    );
    const [first, second] = await steps(trainer, 2);
    // Of three problems a batch one is open, so that a step takes three batches.
    for (const [step, indices] of [
      [first!, [1, 4, 7]],
      [second!, [10, 13, 16]],
    ] as const) {
      expect([...new Set(step.rollouts.map(({ prompt }) => prompt))]).toEqual(promptsOf(indices));
      expect(step.rollouts.map(({ group }) => group)).toEqual([0, 1, 2].flatMap((g) => new Array(16).fill(g)));
      expect(step.metrics).toMatchObject({ generation_batches: 3, groups_discarded: 6, frac_reward_zero_std: 6 / 9 });
      expect(step.metrics['dead_groups/observed']).toBe(6 / 9);
      // Over all that was drawn; over the kept groups it would be three times this.
      const kept = step.rollouts.reduce((sum, { reward }) => sum + reward, 0) / step.rollouts.length;
      expect(step.metrics['reward']).toBeCloseTo(kept / 3, 12);
    }
    expect((await trainer.save()).trainer!.noise.stream).toBe(6);
  });

  it('discards what is drawn beyond a full step', async () => {
    const { trainer } = await testTrainer(
      createCpuEngine,
      testConfig(dynamic),
      START,
      partlyOpen((i) => i !== 0),
    );
    const { rollouts, metrics } = await trainer.runStep();
    expect([...new Set(rollouts.map(({ prompt }) => prompt))]).toEqual(promptsOf([1, 2, 3]));
    expect(metrics).toMatchObject({ generation_batches: 2, groups_discarded: 3 });
  });

  it('goes with fewer groups when the cap is reached', async () => {
    const config = testConfig({ ...dynamic, update: { miniBatches: 3 } });
    const { trainer } = await testTrainer(
      createCpuEngine,
      config,
      START,
      partlyOpen((i) => i === 4 || i === 11),
    );
    const { rollouts, metrics } = await trainer.runStep();
    expect([...new Set(rollouts.map(({ prompt }) => prompt))]).toEqual(promptsOf([4, 11]));
    expect(metrics).toMatchObject({ generation_batches: 4, groups_discarded: 10, 'update/empty': 0 });
    expect(metrics['grad_norm']).toBeGreaterThan(0);
  });

  it('changes no weight when every group is dead, and says so', async () => {
    const config = testConfig({ ...dynamic, optimizer: { weightDecay: 0.1 } });
    const { trainer, engine } = await testTrainer(
      createCpuEngine,
      config,
      START,
      partlyOpen(() => false),
    );
    const { rollouts, metrics } = await trainer.runStep();
    expect(rollouts.length).toBe(3 * 16);
    expect(metrics).toMatchObject({
      generation_batches: 4,
      groups_discarded: 9,
      'update/empty': 1,
      'update/skipped': 0,
      grad_norm: null,
      loss: 0,
      'signal/tau/0': null,
    });
    expect(await engine.readParameters()).toEqual(PARAMETERS);
    expect((await engine.readOptimizer()).step).toBe(0);
  });
});

describe('the temperature audit', () => {
  const audit = async (mode: LossTemperatureMode, more: RunConfigInput = {}) => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig({ lossTemperature: { mode }, ...more }));
    return (await steps(trainer, 2)).map(({ metrics }) => metrics);
  };

  it('is near 0 on-policy, also after an update', async () => {
    for (const metrics of await audit('on-policy')) {
      expect(metrics[MEAN]).toBeLessThan(1e-6);
      expect(metrics['sampling/importance_sampling_ratio/mean']).toBeCloseTo(1, 6);
    }
  });

  it.each<LossTemperatureMode>(['update-only', 'sampling-only', 'one-late', 'truncated'])(
    'is large in the mode %s',
    async (mode) => {
      for (const metrics of await audit(mode)) {
        expect(metrics[MEAN]).toBeGreaterThan(1e-2);
        expect(metrics['sampling/importance_sampling_ratio/max']).toBeGreaterThan(1.1);
        expect(metrics['sampling/importance_sampling_ratio/min']).toBeLessThan(0.9);
      }
    },
  );

  it('shows that truncation is scored without its kept set', async () => {
    const sampler = { temperature: { rule: 'binary', high: 1.6, low: 0.7 }, truncation: { topK: 3 } } as const;
    const [metrics] = await audit('on-policy', { sampler });
    expect(metrics![MEAN]).toBeGreaterThan(1e-2);
    // What was renormalised among three tokens was likelier to the sampler than it is to the trainer.
    expect(metrics!['sampling/importance_sampling_ratio/max']).toBeLessThanOrEqual(1 + 1e-5);
  });
});

describe('update-only', () => {
  it('draws at 1 and scores at what the rule asks for, the ladder included', async () => {
    const sampler: SamplerConfigInput = {
      temperature: { rule: 'binary', high: 1.6, low: 0.7 },
      ladder: { offsets: [0, 0.2], shifts: 'hot' },
    };
    const { trainer } = await testTrainer(
      createCpuEngine,
      testConfig({ sampler, lossTemperature: { mode: 'update-only' } }),
    );
    const { rollouts } = await trainer.runStep();
    for (const { tau, hot, member, scored } of rollouts) {
      expect(new Set(tau)).toEqual(new Set([1]));
      const high = Math.fround(member % 2 === 0 ? 1.6 : 1.6 + 0.2);
      expect(scored!.scoredTau).toEqual(hot.map((isHot) => (isHot === 1 ? high : Math.fround(0.7))));
    }
    expect(new Set(rollouts.flatMap(({ hot }) => hot)).size).toBe(2);
  });
});

describe('a ladder', () => {
  it('gives each rollout its place, and tells reward and signal by place', async () => {
    const sampler: SamplerConfigInput = {
      temperature: { rule: 'fixed', tau: 1 },
      ladder: { offsets: [0, 0, -0.4, 0.4] },
    };
    const { trainer } = await testTrainer(createCpuEngine, testConfig({ sampler }));
    const { rollouts, metrics } = await trainer.runStep();
    expect(rollouts.slice(0, 4).map(({ ladderOffset, tau }) => [ladderOffset, tau[0]])).toEqual(
      [0, 0, -0.4, 0.4].map((offset) => [offset, Math.fround(1 + offset)]),
    );
    const places = [
      ['0', 0],
      ['-0.4', -0.4],
      ['+0.4', 0.4],
    ] as const;
    const total = rollouts.reduce((sum, { scored }) => sum + Math.abs(scored!.advantage), 0);
    for (const [name, offset] of places) {
      const own = rollouts.filter(({ ladderOffset }) => ladderOffset === offset);
      const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
      expect(metrics[`reward/tau/${name}`]).toBeCloseTo(sum(own.map(({ reward }) => reward)) / own.length, 12);
      const signal = sum(own.map(({ scored }) => Math.abs(scored!.advantage)));
      expect(metrics[`signal/tau/${name}`]).toBeCloseTo(signal / total, 12);
    }
  });
});

describe('schedules and warm-up', () => {
  it('set the temperatures in force and the learning rate, step by step', async () => {
    const config = testConfig({
      schedules: { high: { kind: 'linear', from: 1.2, to: 1.6, steps: 2 }, low: { kind: 'entropy', from: 0.9 } },
      optimizer: { learningRate: 1e-2, warmupSteps: 4 },
    });
    const { trainer, engine } = await testTrainer(createCpuEngine, config);
    const done = await steps(trainer, 3);
    const column = (name: string) => done.map(({ metrics }) => metrics[name]!);
    const [high, low, entropy] = [column('temperature/high'), column('temperature/low'), column('entropy')];
    expect(high).toEqual([1.2, 1.2 + (1.6 - 1.2) / 2, 1.6]);
    expect(column('learning_rate')).toEqual([0.0025, 0.005, 0.0075]);
    const logSize = Math.log(engine.config.vocabulary);
    done.forEach(({ rollouts }, i) => {
      expect(new Set(rollouts.flatMap(({ tau }) => tau))).toEqual(new Set([high[i]!, low[i]!].map(Math.fround)));
      const T = i === 0 ? 0.9 : low[i - 1]!;
      const lack = i === 0 ? 0 : Math.log(0.5 / entropy[i - 1]!);
      expect(low[i]).toBeCloseTo(Math.max(0.2, T * (1 + (T * lack) / (logSize + Math.log(logSize)))), 12);
    });
  });
});

describe('micro-batches', () => {
  /** A large epsilon keeps AdamW from blowing rounding up to a whole step where a gradient is near 0. */
  const run = async (microBatchTokens: number) => {
    const { makeEngine, log } = logged(createCpuEngine);
    const config = testConfig({
      update: { innerEpochs: 2, microBatchTokens },
      loss: { klWeight: 0.1 },
      optimizer: { learningRate: 1e-2, epsilon: 1e-2 },
    });
    const { trainer, engine } = await testTrainer(makeEngine, config);
    const { metrics } = await trainer.runStep();
    return { log, metrics, parameters: flat(await engine.readParameters()) };
  };

  it('bound what an engine is given at once, and change nothing else', async () => {
    const whole = await run(100_000);
    const longest = Math.max(...whole.log.callTokens);
    expect(longest).toBeGreaterThan(100);
    for (const most of [1, 40]) {
      const cut = await run(most);
      // A row longer than the bound stands alone.
      expect(Math.max(...cut.log.callTokens)).toBeLessThanOrEqual(Math.max(most, 16));
      expect(relativeL2(flat(cut.log.gradients[0]!), flat(whole.log.gradients[0]!))).toBeLessThan(1e-5);
      expect(cut.metrics['kl']).toBeCloseTo(whole.metrics['kl']!, 5);
      const base = flat(PARAMETERS);
      const moved = (after: Float32Array) => after.map((x, i) => x - base[i]!);
      expect(relativeL2(moved(cut.parameters), moved(whole.parameters))).toBeLessThan(1e-3);
    }
  });
});

describe('mini-batches', () => {
  it('deal whole groups to as many optimiser steps', async () => {
    const { makeEngine, log } = logged(createCpuEngine);
    const config = testConfig({ update: { miniBatches: 2, innerEpochs: 2 } });
    const { trainer } = await testTrainer(makeEngine, config);
    const { rollouts, metrics } = await trainer.runStep();
    expect(log.gradients.length).toBe(4);
    const shares = rollouts.map(({ scored }) => scored!.gradientShare.reduce((a, b) => a + b, 0));
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    // One group in the first, two in the second: its responses weigh half as much, by the mean over responses.
    expect(metrics['update/skipped']).toBe(0);
    const weight = ({ scored }: (typeof rollouts)[number]) => scored!.gradientShare[0]! / Math.abs(scored!.advantage);
    expect(rollouts.every(({ scored }) => scored!.clipSide.every((side) => side === 0))).toBe(false);
    const free = rollouts.filter(({ scored }) => scored!.clipSide[0] === 0 && scored!.advantage !== 0);
    const scaled = free.map((o) => (weight(o) * o.ids.length) / o.scored!.ratio[0]!);
    const [small, large] = [free.findIndex(({ group }) => group === 0), free.findIndex(({ group }) => group > 0)];
    expect(scaled[small]! / scaled[large]!).toBeCloseTo(2, 9);
  });
});
