// A run as a whole, on the CPU engine: it can stop and go on anywhere, be changed, be aborted, and refuse what is not its own.

import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../policy/checkpoint.ts';
import { initialParameters } from '../policy/initialise.ts';
import { TIMING_METRICS } from './metrics.ts';
import type { RunConfigInput } from './runConfig.ts';
import { STAGES, type StepResult, type Trainer } from './stages.ts';
import { POLICY, SOURCE, steps, TOKENIZER, testConfig, testTrainer } from './trainer.testing.ts';
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
