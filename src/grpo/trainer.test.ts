// A run as a whole, on the CPU engine: it can stop and go on anywhere, be changed, be aborted, and refuse what is not its own.

import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../policy/checkpoint.ts';
import { initialParameters } from '../policy/initialise.ts';
import type { NamedTensors } from '../policy/parameters.ts';
import { createTokenizer } from '../policy/tokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import type { SamplerConfigInput } from '../temperature/config.ts';
import { changedConfig } from './liveChange.ts';
import { TIMING_METRICS } from './metrics.ts';
import type { RunConfigInput } from './runConfig.ts';
import { type LiveChange, STAGES, type Stage, type StepResult, type Trainer } from './stages.ts';
import {
  type EngineMaker,
  PARAMETERS,
  POLICY,
  SOURCE,
  START,
  steps,
  TOKENIZER,
  testConfig,
  testTrainer,
  withCalls,
} from './trainer.testing.ts';
import { createTrainer } from './trainer.ts';

/** Without the metrics that tell time. */
function timeless({ metrics, rollouts }: StepResult): StepResult {
  const kept = Object.entries(metrics).filter(([name]) => !TIMING_METRICS.includes(name));
  return { metrics: Object.fromEntries(kept) as StepResult['metrics'], rollouts };
}

/** As it comes back from a disk. */
const throughFiles = async (trainer: Trainer) => readCheckpoint(writeCheckpoint(await trainer.save()));

/** Weights, moments and queues of a save. */
const weightsOf = ({ parameters, trainer }: Checkpoint) => ({
  parameters,
  optimizer: trainer!.optimizer,
  queues: trainer!.queues,
  noise: trainer!.noise,
});

/** Every part that has something to remember is on. */
const EVERYTHING: RunConfigInput = {
  sampler: {
    queue: { keep: true, capacity: 60 },
    temperature: { rule: 'binary', high: 1.6, low: 0.7 },
    ladder: { offsets: [0, 0, 0.1, -0.1] },
  },
  schedules: { high: { kind: 'entropy', from: 1.5, targetNats: 2 } },
  loss: { variant: 'dapo', klWeight: 0.05, generationBatches: 3 },
  lossTemperature: { mode: 'truncated' },
  update: { innerEpochs: 2, miniBatches: 2, microBatchTokens: 40 },
  optimizer: { learningRate: 1e-2, warmupSteps: 3, weightDecay: 0.01 },
};

describe('a save', () => {
  it.each([...STAGES.keys()])('before stage %i of a step goes on bit for bit', async (stagesBefore) => {
    const config = testConfig(EVERYTHING);
    const through = await testTrainer(createCpuEngine, config);
    const first = await steps(through.trainer, 1);
    through.trainer.change({ low: 0.8, learningRate: 5e-3 });
    for (let i = 0; i < stagesBefore; i++) await through.trainer.runStage();
    const saved = await throughFiles(through.trainer);
    expect(through.trainer.next).toBe(STAGES[stagesBefore]);

    const resumed = await testTrainer(createCpuEngine, config, saved);
    expect(resumed.trainer.next).toBe(through.trainer.next);
    expect(resumed.trainer.config).toEqual(through.trainer.config);
    expect(resumed.trainer.annotations).toEqual(through.trainer.annotations);
    expect(resumed.trainer.rollouts).toEqual(through.trainer.rollouts);
    const expected = (await steps(through.trainer, 2)).map(timeless);
    expect((await steps(resumed.trainer, 2)).map(timeless)).toEqual(expected);
    expect(weightsOf(await resumed.trainer.save())).toEqual(weightsOf(await through.trainer.save()));
    // The run was one worth comparing.
    expect(first[0]!.metrics['update/empty']).toBe(0);
    expect(expected[1]!.metrics['temperature/high']).not.toBe(expected[0]!.metrics['temperature/high']);
    expect((await through.trainer.save()).parameters).not.toEqual(saved.parameters);
  });

  it('is refused by a run of another config, other problems or another base', async () => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig());
    const saved = await throughFiles(trainer);
    await expect(testTrainer(createCpuEngine, testConfig({ group: 5 }), saved)).rejects.toThrow(
      'The checkpoint belongs to a run of another config: it differs in group.',
    );
    await expect(testTrainer(createCpuEngine, testConfig(), saved, { ...SOURCE, label: 'other' })).rejects.toThrow(
      'The checkpoint belongs to a run on the problems testing, not other.',
    );
    const parts = {
      engine: await createCpuEngine(POLICY),
      source: SOURCE,
      tokenizer: TOKENIZER,
      config: testConfig(),
      checkpoint: saved,
      createReference: () => Promise.reject(new Error('not asked for')),
    };
    await expect(createTrainer({ ...parts, base: initialParameters(POLICY, 9) })).rejects.toThrow(
      'The base policy given is not the one that this run started from.',
    );
    await expect(createTrainer(parts)).resolves.toBeDefined();
    const foreign = { ...saved, trainer: { ...saved.trainer!, extra: null } };
    await expect(createTrainer({ ...parts, checkpoint: foreign })).rejects.toThrow('not saved by this trainer');
  });
});

describe('a live change', () => {
  it('is kept as an annotation, and holds from the next stage that reads it', async () => {
    const config = testConfig({ schedules: { high: { kind: 'linear', from: 1.2, to: 1.4 } } });
    const { trainer } = await testTrainer(createCpuEngine, config);
    await trainer.runStage();
    const change = { high: 1.9, threshold: 0.3, queueCapacity: 40, learningRate: 2e-3 };
    expect(trainer.change(change)).toEqual({ ...change, step: 0, stage: 'score' });
    expect(trainer.config.sampler).toMatchObject({
      queue: { capacity: 40 },
      threshold: { rule: 'floored', coldFraction: 0.3 },
      temperature: { rule: 'binary', high: 1.9, low: 0.7 },
    });
    expect(trainer.config.schedules.high).toBeNull();
    const [first, second] = await steps(trainer, 2);
    expect(first!.metrics).toMatchObject({ 'temperature/high': 1.2, learning_rate: 2e-3 });
    expect(new Set(first!.rollouts.flatMap(({ scored }) => scored!.scoredTau))).toEqual(
      new Set([1.2, 0.7].map(Math.fround)),
    );
    expect(second!.metrics['temperature/high']).toBe(1.9);
    expect(Math.max(...second!.rollouts.flatMap(({ queueLength }) => queueLength))).toBe(40);
    trainer.change({ low: 0.5 });
    expect(trainer.annotations.map(({ step, stage }) => [step, stage])).toEqual([
      [0, 'score'],
      [2, 'collect'],
    ]);
  });

  it.each<[SamplerConfigInput, LiveChange, unknown]>([
    [{ threshold: { rule: 'top-p' } }, { threshold: 0.25 }, { threshold: { hotFraction: 0.25 } }],
    [{ threshold: { rule: 'absolute' } }, { threshold: 2.5 }, { threshold: { nats: 2.5 } }],
    [{ threshold: { rule: 'floored' } }, { threshold: 0.5 }, { threshold: { coldFraction: 0.5, floorNats: 0.1 } }],
    [{ temperature: { rule: 'fixed' } }, { tau: 1.3 }, { temperature: { tau: 1.3 } }],
    [{ temperature: { rule: 'edt' } }, { tau: 1.3 }, { temperature: { base: 1.3 } }],
    [{ temperature: { rule: 'rank' } }, { low: 0.9 }, { temperature: { high: 1.2, low: 0.9 } }],
  ])('reaches the rule that is in force: %o, %o', (sampler, change, expected) => {
    expect(changedConfig(testConfig({ sampler }), change).sampler).toMatchObject(expected as object);
  });

  it.each<[LiveChange, string]>([
    [{}, 'names nothing'],
    [{ tau: 1 }, 'The binary rule has high and low to change, not tau.'],
    [{ high: Number.NaN }, 'high is not accepted'],
    [{ low: -1 }, 'low is not accepted'],
    [{ threshold: 1.5 }, 'coldFraction is not accepted'],
    [{ queueCapacity: 0 }, 'capacity is not accepted'],
    [{ learningRate: -1 }, 'learningRate is not accepted'],
  ])('that does not fit is refused and changes nothing: %o', async (change, message) => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig());
    const before = trainer.config;
    expect(() => trainer.change(change)).toThrow(message);
    expect(trainer.config).toEqual(before);
    expect(trainer.annotations).toEqual([]);
  });
});

describe('a stage that is not finished', () => {
  /** `interrupt` gives up the stage `stage`; the run then goes on as if nothing had been. */
  async function expectUntouched(
    stage: Stage,
    makeEngine: EngineMaker,
    interrupt: (trainer: Trainer) => Promise<unknown>,
    message: RegExp,
  ): Promise<void> {
    const through = await testTrainer(createCpuEngine, testConfig(EVERYTHING));
    const expected = (await steps(through.trainer, 2)).map(timeless);
    const { trainer } = await testTrainer(makeEngine, testConfig(EVERYTHING));
    const first = await trainer.runStep();
    while (trainer.next !== stage) await trainer.runStage();
    const before = await trainer.save();
    await expect(interrupt(trainer)).rejects.toThrow(message);
    expect(trainer.next).toBe(stage);
    expect(await trainer.save()).toEqual(before);
    expect([first, await trainer.runStep()].map(timeless)).toEqual(expected);
    expect(weightsOf(await trainer.save())).toEqual(weightsOf(await through.trainer.save()));
  }

  it.each(STAGES)('because it was aborted half-way has not begun: %s', async (stage) => {
    const abortHalfway = (trainer: Trainer) => {
      const controller = new AbortController();
      const shares: number[] = [];
      const onProgress = (done: number) => {
        expect(done).toBeGreaterThanOrEqual(shares.at(-1) ?? 0);
        expect(done).toBeLessThanOrEqual(1);
        shares.push(done);
        if (done > 0.3) controller.abort();
      };
      return trainer.runStage({ signal: controller.signal, onProgress });
    };
    await expectUntouched(stage, createCpuEngine, abortHalfway, /abort/i);
  });

  it('because the engine failed in the third of four optimiser steps has not begun either', async () => {
    let calls = 0;
    const failing: EngineMaker = async (config) => {
      const engine = await createCpuEngine(config);
      return withCalls(engine, {
        applyGradient: (options) => {
          calls += 1;
          // The first step of the run takes calls 1 to 4.
          return calls === 7 ? Promise.reject(new Error('the engine failed')) : engine.applyGradient(options);
        },
      });
    };
    await expectUntouched('update', failing, (trainer) => trainer.runStage(), /the engine failed/);
  });

  it('keeps others waiting, and tells them so', async () => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig());
    const running = trainer.runStage();
    await expect(trainer.runStage()).rejects.toThrow('The trainer is in the middle of a stage');
    await expect(trainer.save()).rejects.toThrow('in the middle of a stage');
    expect(() => trainer.change({ low: 1 })).toThrow('in the middle of a stage');
    expect((await running).stage).toBe('collect');
    expect(trainer.next).toBe('score');
    expect(trainer.rollouts.every(({ scored }) => scored === null)).toBe(true);
  });
});

describe('a gradient that is not finite', () => {
  it('changes no weight and is counted', async () => {
    const poisoned: EngineMaker = async (config) => {
      const engine = await createCpuEngine(config);
      return withCalls(engine, {
        accumulateGradient: (batch) =>
          engine.accumulateGradient(batch, new Float32Array(batch.ids.length).fill(Number.NaN)),
      });
    };
    const { trainer, engine } = await testTrainer(poisoned, testConfig());
    const { metrics } = await trainer.runStep();
    expect(metrics).toMatchObject({ 'update/skipped': 1, 'update/empty': 0, grad_norm: null });
    expect(await engine.readParameters()).toEqual(PARAMETERS);
  });
});

describe('the reference policy', () => {
  const config = testConfig({ loss: { klWeight: 0.5 } });

  it('is the one the run started from, which a save keeps', async () => {
    const { trainer } = await testTrainer(createCpuEngine, config);
    const [first, second] = await steps(trainer, 2);
    expect(first!.metrics['kl']).toBeCloseTo(0, 12);
    expect(second!.metrics['kl']).toBeGreaterThan(1e-3);
    const saved = await throughFiles(trainer);
    expect(saved.trainer!.reference).toEqual(PARAMETERS);
    const parts = {
      engine: await createCpuEngine(POLICY),
      source: SOURCE,
      tokenizer: TOKENIZER,
      config,
      checkpoint: saved,
    };
    let given: NamedTensors | null = null;
    const createReference = async (parameters: NamedTensors) => {
      given = parameters;
      return createCpuEngine(POLICY);
    };
    await createTrainer({ ...parts, createReference });
    expect(given).toEqual(PARAMETERS);
    const { reference: _, ...without } = saved.trainer!;
    for (const trainer of [without, { ...without, reference: saved.parameters }])
      await expect(createTrainer({ ...parts, checkpoint: { ...saved, trainer }, createReference })).rejects.toThrow(
        'The checkpoint lacks the reference policy that this run started from.',
      );
  });

  it('is not made where nothing needs it', async () => {
    const { trainer } = await testTrainer(createCpuEngine, testConfig());
    expect((await trainer.runStep()).metrics['kl']).toBeNull();
  });
});

describe('createTrainer', () => {
  it('refuses parts that do not fit each other', async () => {
    const engine = await createCpuEngine(POLICY);
    const parts = { engine, source: SOURCE, tokenizer: TOKENIZER, config: testConfig(), checkpoint: START };
    const createReference = () => Promise.reject(new Error('not asked for'));
    const other = taskSource(taskByName('addition'), Object.keys(taskByName('addition').difficulties)[0]!);
    await expect(createTrainer({ ...parts, source: other, createReference })).rejects.toThrow(
      'The config is of the task countdown, but the problems are of addition.',
    );
    const tokenizer = createTokenizer({ characters: '0123456789' });
    await expect(createTrainer({ ...parts, tokenizer, createReference })).rejects.toThrow('lacks the character');
  });
});
