// A run and its record on the CPU engine: broken off anywhere, it ends with the files that it would have had anyway.

import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { randomSource } from '../tasks/random.ts';
import type { RandomSource } from '../tasks/task.ts';
import { parseRolloutRecord } from './rolloutRecord.ts';
import type { RunConfigInput } from './runConfig.ts';
import { type RunIdentity, runHash, runName, weightsHash } from './runIdentity.ts';
import { type Files, linesOf, memoryStore, timeless } from './runLog.testing.ts';
import {
  ANNOTATIONS_FILE,
  beginRun,
  LATEST_FILE,
  METRICS_FILE,
  ROLLOUTS_FILE,
  RUN_FILE,
  type RunHeader,
  type RunLog,
  readRun,
  resumeRun,
} from './runLog.ts';
import { continueRun, type PlannedChange, type RunLoopOptions } from './runLoop.ts';
import type { Trainer } from './stages.ts';
import { PARAMETERS, POLICY, START, TOKENIZER, testConfig, testTrainer } from './trainer.testing.ts';

const STEPS = 6;
const MACHINE = { code: '1', backend: 'cpu', adapter: 'test' } as const;
const CHANGES: PlannedChange[] = [
  { step: 2, change: { high: 1.5, learningRate: 5e-3 } },
  { step: 2, change: { low: 0.8, queueCapacity: 20 } },
];
/** What a run must remember, all of it in use. */
const CONFIG: RunConfigInput = {
  checkpointEvery: 4,
  sampler: { queue: { keep: true, capacity: 60 }, ladder: { offsets: [0, 0.1] } },
  loss: { variant: 'dapo', klWeight: 0.05, generationBatches: 2 },
  update: { innerEpochs: 2, miniBatches: 2 },
};

async function header(input: RunConfigInput = CONFIG, rolloutsEvery = 1): Promise<RunHeader> {
  const config = testConfig(input);
  const identity: RunIdentity = {
    config,
    weights: await weightsHash(POLICY, PARAMETERS),
    source: 'testing',
    ...MACHINE,
  };
  return { name: runName(config), hash: await runHash(identity), identity, rolloutsEvery, continued: [] };
}

async function onTrainer<T>(
  config: RunConfigInput,
  checkpoint: typeof START,
  use: (trainer: Trainer) => Promise<T>,
): Promise<T> {
  const { trainer, engine } = await testTrainer(createCpuEngine, testConfig(config), checkpoint);
  try {
    return await use(trainer);
  } finally {
    trainer.destroy();
    engine.destroy();
  }
}

type Run = (trainer: Trainer, log: RunLog) => Promise<unknown>;
const toTheEnd: Run = (trainer, log) => continueRun(trainer, log, { steps: STEPS, changes: CHANGES });

async function begin(files: Files, run: Run = toTheEnd, onCrashPoint?: (left: Files) => void): Promise<void> {
  const store = memoryStore(files, onCrashPoint);
  await onTrainer(CONFIG, START, async (trainer) => run(trainer, await beginRun(store, await header(), trainer)));
}

async function resume(files: Files, run: Run = toTheEnd, machine: Parameters<typeof resumeRun>[3] = MACHINE) {
  const store = memoryStore(files);
  const saved = await readRun(store);
  return onTrainer(CONFIG, saved.checkpoint, async (trainer) =>
    run(trainer, await resumeRun(store, saved, trainer, machine)),
  );
}

/** Goes on until the run was interrupted in the middle of a stage, at most some stages later. */
function untilInterrupted(random: RandomSource, onInterrupt: () => void): Run {
  return async (trainer, log) => {
    const abort = new AbortController();
    let stages = random.below(3);
    const options: RunLoopOptions = {
      steps: STEPS,
      changes: CHANGES,
      signal: abort.signal,
      onStage: () => stages--,
      onProgress: () => {
        if (stages <= 0) abort.abort();
      },
    };
    if ((await continueRun(trainer, log, options)) === 'interrupted') onInterrupt();
  };
}

const whole: Files = new Map();
const crashes: Files[] = [];
await begin(whole, toTheEnd, (left) => crashes.push(left));

describe('the record of a run', () => {
  it('has a line a step, a line a rollout and a line a change', () => {
    expect(linesOf(whole.get(METRICS_FILE)).map((row) => (row as { step: number }).step)).toEqual([0, 1, 2, 3, 4, 5]);
    const rollouts = linesOf(whole.get(ROLLOUTS_FILE)).map((value, i) =>
      parseRolloutRecord(JSON.stringify(value), `line ${i + 1}`, TOKENIZER),
    );
    const places = rollouts.map(({ step, group, member }) => `${step} ${group} ${member}`);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(rollouts.map(({ step }) => step)).size).toBe(STEPS);
    expect(rollouts.every(({ scored }) => scored !== null)).toBe(true);
    expect(linesOf(whole.get(ANNOTATIONS_FILE))).toEqual(
      CHANGES.map(({ change }) => ({ ...change, step: 2, stage: 'collect' })),
    );
  });

  it('keeps the start, every checkpoint asked for, and the last', () => {
    const folders = [...whole.keys()]
      .filter((file) => file.startsWith('checkpoints/'))
      .map((file) => file.split('/')[1]);
    expect([...new Set(folders)]).toEqual(['step-0', 'step-4', 'step-6']);
  });

  it('writes the rollouts of every n-th step only', async () => {
    const files: Files = new Map();
    const store = memoryStore(files);
    await onTrainer(CONFIG, START, async (trainer) =>
      continueRun(trainer, await beginRun(store, await header(CONFIG, 2), trainer), { steps: 3 }),
    );
    const steps = linesOf(files.get(ROLLOUTS_FILE)).map((record) => (record as { step: number }).step);
    expect([...new Set(steps)]).toEqual([0, 2]);
  });
});

describe('a run that is broken off', () => {
  it('and goes on, ten times, each in the middle of a stage, ends with the same files', async () => {
    const files: Files = new Map();
    let interrupts = 0;
    const session = (index: number) => untilInterrupted(randomSource(11, index), () => interrupts++);
    await begin(files, session(0));
    for (let i = 1; interrupts < 10; i++) await resume(files, session(i));
    await resume(files);
    expect(timeless(files)).toEqual(timeless(whole));
  });

  it('by a crash of the process, ends with the same files', async () => {
    const begun = crashes.filter((left) => left.has(RUN_FILE));
    expect(begun.length).toBeGreaterThan(40);
    const random = randomSource(12, 0);
    const torn = begun.filter((left) => left.get(METRICS_FILE)!.length > 0 && left.get(METRICS_FILE)!.at(-1) !== 10);
    const drawn = Array.from({ length: 5 }, () => begun[random.below(begun.length)]!);
    expect(torn.length).toBe(STEPS);
    for (const left of [torn[0]!, torn[4]!, ...drawn]) {
      const files = new Map(left);
      await resume(files);
      expect(timeless(files)).toEqual(timeless(whole));
    }
  });

  it('before it had begun, can be begun in the same place', async () => {
    const unborn = crashes.filter((left) => !left.has(RUN_FILE)).at(-1)!;
    expect(unborn.has(LATEST_FILE)).toBe(true);
    const files = new Map(unborn);
    await begin(files);
    expect(timeless(files)).toEqual(timeless(whole));
  });

  it('says where it went on with other code or on another machine', async () => {
    const files = new Map(crashes.findLast((left) => left.has('checkpoints/step-4/config.json'))!);
    await resume(files, async () => {}, { ...MACHINE, code: '2' });
    await resume(files, async () => {}, { ...MACHINE, code: '2' });
    await resume(files);
    const { continued } = (await readRun(memoryStore(files))).header;
    expect(continued.map(({ step, code }) => [step, code])).toEqual([
      [6, '2'],
      [6, '1'],
    ]);
  });
});

describe('what cannot be gone on from or begun', () => {
  const place = (change: (files: Files) => void) => {
    const files = new Map(whole);
    change(files);
    return files;
  };
  const text = (content: string) => new TextEncoder().encode(content);

  it.each<[string, (files: Files) => void, string]>([
    ['no run', (files) => files.clear(), 'There is no run (run.json).'],
    ['no save', (files) => files.delete(LATEST_FILE), 'The run has no save (latest.json).'],
    ['a damaged header', (files) => files.set(RUN_FILE, text('{')), 'run.json is not valid JSON.'],
    [
      'a changed header',
      (files) => {
        const run = new TextDecoder().decode(whole.get(RUN_FILE));
        files.set(RUN_FILE, text(run.replace('"seed": 5', '"seed": 6')));
      },
      'run.json: the hash is not that of its identity, so one of the two was changed.',
    ],
    [
      'another start',
      (files) => {
        for (const name of ['model', 'trainer'])
          files.set(`checkpoints/step-0/${name}.safetensors`, whole.get(`checkpoints/step-4/${name}.safetensors`)!);
      },
      'checkpoints/step-0: these are not the weights that run.json names.',
    ],
    [
      'a folder elsewhere',
      (files) => files.set(LATEST_FILE, text(JSON.stringify({ version: 1, step: 0, stage: 'score', folder: '../x' }))),
      'latest.json: folder is not accepted',
    ],
    [
      'a log that was cut',
      (files) => files.set(METRICS_FILE, whole.get(METRICS_FILE)!.slice(0, 100)),
      'metrics.jsonl has 100 bytes, but ',
    ],
    [
      'weights without the trainer',
      (files) => files.delete('checkpoints/step-6/trainer.safetensors'),
      'checkpoints/step-6 has no trainer.safetensors, so nothing can go on from it.',
    ],
  ])('%s', async (_, change, sentence) => {
    await expect(resume(place(change))).rejects.toThrow(sentence);
  });

  it('a place with a run', async () => {
    await expect(begin(new Map(whole))).rejects.toThrow(
      'There is a run already (run.json); resume it, or choose another place.',
    );
  });

  it("a place with someone else's log", async () => {
    const files: Files = new Map([[METRICS_FILE, text('{"loss":1}\n')]]);
    await expect(begin(files)).rejects.toThrow(
      'There is a metrics.jsonl without a run.json, which is not written over; choose another place.',
    );
    expect(files.size).toBe(1);
  });
});
