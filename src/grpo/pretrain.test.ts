import { afterEach, describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { taskTokenizer } from '../policy/taskTokenizer.ts';
import { tasks } from '../tasks/index.ts';
import { randomSource } from '../tasks/random.ts';
import { drawProblem, partOf } from '../tasks/split.ts';
import { drawTrace, learningRateAt, type PretrainOptions, type PretrainProgress, pretrain } from './pretrain.ts';
import { type PretrainConfig, parsePretrainConfig, pretrainPolicy } from './pretrainConfig.ts';

const TINY = {
  task: 'countdown',
  steps: 24,
  batch: 8,
  warmupSteps: 2,
  learningRate: 0.01,
  policy: { layers: 1, width: 16, heads: 2, kvHeads: 1, mlpWidth: 24 },
};

const engines: PolicyEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.destroy();
});

async function tinyEngine(config: PretrainConfig): Promise<PolicyEngine> {
  const engine = await createCpuEngine(pretrainPolicy(config));
  engines.push(engine);
  return engine;
}

async function weights(engine: PolicyEngine): Promise<number[]> {
  return [...(await engine.readParameters()).values()].flatMap(({ data }) => [...data]);
}

async function trained(config: PretrainConfig, options: PretrainOptions = {}) {
  const engine = await tinyEngine(config);
  const progress: PretrainProgress[] = [];
  const taken = await pretrain(engine, config, { onProgress: (line) => progress.push(line), ...options });
  return { engine, progress, taken, weights: await weights(engine) };
}

describe('pretrain', () => {
  it('lowers the loss, and tells of every step', async () => {
    const config = parsePretrainConfig(TINY);
    const { progress, taken } = await trained(config);
    expect(taken).toBe(24);
    expect(progress.map(({ step, steps }) => [step, steps])).toEqual(Array.from({ length: 24 }, (_, i) => [i + 1, 24]));
    // At first every one of the 20 tokens is about as likely.
    expect(progress[0]!.lossNats).toBeCloseTo(Math.log(20), 1);
    expect(progress.at(-1)!.lossNats).toBeLessThan(progress[0]!.lossNats - 0.3);
    expect(progress.every(({ gradNorm }) => gradNorm > 0)).toBe(true);
  });

  it('makes the same weights from the same settings, and others from another seed', async () => {
    const short = { ...TINY, steps: 3 };
    const first = await trained(parsePretrainConfig(short));
    expect((await trained(parsePretrainConfig(short))).weights).toEqual(first.weights);
    expect((await trained(parsePretrainConfig({ ...short, seed: 1 }))).weights).not.toEqual(first.weights);
  });

  it('stops after the step in which it is aborted, and goes on as if it had not', async () => {
    const config = parsePretrainConfig({ ...TINY, steps: 5 });
    const whole = await trained(config);
    const abort = new AbortController();
    const part = await trained(config, {
      signal: abort.signal,
      onProgress: ({ step }) => step === 2 && abort.abort(),
    });
    expect(part.taken).toBe(2);

    const next = await tinyEngine(config);
    await next.loadParameters(await part.engine.readParameters());
    await next.loadOptimizer(await part.engine.readOptimizer());
    expect(await pretrain(next, config, { from: 2 })).toBe(5);
    expect(await weights(next)).toEqual(whole.weights);
  });

  it('refuses an engine of another shape', async () => {
    const engine = await tinyEngine(parsePretrainConfig(TINY));
    const wider = parsePretrainConfig({ ...TINY, policy: { ...TINY.policy, width: 32 } });
    await expect(pretrain(engine, wider)).rejects.toThrow(/another shape/);
  });
});

describe('drawTrace', () => {
  it.each(tasks.map((task) => task.name))('draws legal traces of training problems of %s', (name) => {
    const task = tasks.find((candidate) => candidate.name === name)!;
    const config = parsePretrainConfig({ task: name });
    for (let index = 0; index < 200; index++) {
      const { prompt, completion } = drawTrace(task, config, index);
      expect(partOf(prompt)).toBe('training');
      expect(['ok', 'wrong answer']).toContain(task.verify(task.parse(prompt), completion).outcome);
    }
    expect(drawTrace(task, config, 7)).toEqual(drawTrace(task, config, 7));
  });

  it('solves the share that is asked for', () => {
    const countdown = tasks[0]!;
    const solved = (solvingShare: number) => {
      const config = parsePretrainConfig({ task: 'countdown', solvingShare });
      let count = 0;
      for (let index = 0; index < 400; index++) {
        const { prompt, completion } = drawTrace(countdown, config, index);
        count += countdown.verify(countdown.parse(prompt), completion).reward;
      }
      return count / 400;
    };
    expect(solved(1)).toBe(1);
    // By chance a tenth of the random ones solve, too.
    expect(solved(0.5)).toBeGreaterThan(0.45);
    expect(solved(0.5)).toBeLessThan(0.65);
    expect(solved(0)).toBeLessThan(0.2);
  });
});

describe('learningRateAt', () => {
  it.each(['linear', 'cosine'] as const)('rises, then falls to 0 (%s)', (decay) => {
    const rate = (step: number) => learningRateAt({ learningRate: 1, warmupSteps: 4, steps: 10, decay }, step);
    expect([0, 1, 2, 3].map(rate)).toEqual([0.2, 0.4, 0.6, 0.8]);
    expect(rate(4)).toBe(1);
    expect(rate(7)).toBeCloseTo(0.5);
    expect(rate(10)).toBe(0);
    for (let step = 4; step < 10; step++) expect(rate(step + 1)).toBeLessThan(rate(step));
  });
});

describe('the settings of a base', () => {
  it.each(tasks.map((task) => task.name))('have a recipe for %s that is a policy of a fitting size', (name) => {
    const task = tasks.find((candidate) => candidate.name === name)!;
    const shape = pretrainPolicy(parsePretrainConfig({ task: name }));
    expect(shape.vocabulary).toBe(task.alphabet.length + 1);
    const random = randomSource(0, 0);
    for (const difficulty of Object.keys(task.difficulties))
      for (let i = 0; i < 50; i++) {
        const prompt = task.promptOf(drawProblem(task, difficulty, 'training', random));
        expect(taskTokenizer(task).encode(prompt).length + task.maxCompletion).toBeLessThanOrEqual(shape.maxPositions);
      }
  });

  it.each<[object, string]>([
    [{}, 'task is not accepted'],
    [{ task: 'chess' }, 'task is not accepted'],
    [{ task: 'parity', difficulty: 'hard' }, 'difficulty is not accepted: parity has sixteen-bits,'],
    [{ task: 'parity', batch: 0 }, 'batch is not accepted: a whole number from 1 to 65536 is needed.'],
    [{ task: 'parity', learningRate: Number.NaN }, 'learningRate is not accepted'],
    [{ task: 'parity', policy: { width: 1.5 } }, 'policy.width is not accepted'],
    [{ task: 'parity', colour: 'red' }, 'colour is not accepted'],
    [{ task: 'parity', version: 2 }, 'version is not accepted'],
  ])('refuse %j', (input, sentence) => {
    expect(() => parsePretrainConfig(input)).toThrow(sentence);
  });
});
