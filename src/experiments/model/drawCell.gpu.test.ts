// Cells that a language model draws through transformers.js against our own engine: the same tokens for the same noise.

import { describe, expect, it } from 'vitest';
import { openGpu } from '../../gpu/device.ts';
import { countdownBase, exportedFiles, openFolder, ownEngine } from '../../llm/llm.testing.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { ModelCellResult } from './cellResult.ts';
import { batchesOf, modelCellsOf, parseModelExperiment } from './definition.ts';
import { drawModelCell } from './drawCell.ts';

/** On a new device the runtime compiles all of its kernels: seconds on a GPU, minutes on a software one that is busy. */
const COMPILING_MS = 900_000;

const task = taskByName('countdown');
const difficulty = Object.keys(task.difficulties)[0]!;
const posed = [0, 1].map((index) => taskSource(task, difficulty).problem('held-out', 4, index));
const experiment = parseModelExperiment({
  name: 'Countdown',
  model: { name: 'countdown', dtype: 'fp32', weightsBytes: 1 },
  questions: posed.map(({ prompt }, index) => ({
    id: `${index}`,
    domain: 'countdown',
    words: prompt,
    prompt: { text: prompt },
    stopText: task.stop,
    check: { kind: 'task', task: task.name, difficulty, seed: 4, index },
  })),
  arms: [
    { name: 'tau 1', sampler: { temperature: { rule: 'fixed', tau: 1 } } },
    {
      name: 'hot and cold on a ladder',
      sampler: { queue: { keep: true }, temperature: { rule: 'binary', high: 1.5 }, ladder: { offsets: [0, 0.2] } },
    },
  ],
  rollouts: 6,
  together: 4,
  maxNewTokens: 32,
  seed: 17,
});

describe.each(['wasm', 'webgpu'] as const)('the Countdown base on %s', (device) => {
  it(
    'draws the cells that our own engine draws, and draws them again',
    async () => {
      const base = await countdownBase();
      const session = await openFolder(exportedFiles(base), device);
      const engine = await ownEngine(await openGpu(), base);
      const judge = () => {
        throw new Error('There is no mathematics here.');
      };
      const draw = async () => {
        const queues = new Map<number, readonly Float32Array[]>();
        const results: ModelCellResult[] = [];
        for (const cell of modelCellsOf(experiment)) {
          const queuesBefore = queues.get(cell.arm) ?? [];
          const result = await drawModelCell(session, experiment, cell, { queuesBefore, judge });
          queues.set(cell.arm, result.queues);
          results.push(result);
        }
        return results;
      };
      try {
        const results = await draw();
        for (const [arm, { sampler }] of experiment.arms.entries()) {
          await engine.resetQueues();
          for (const result of results.filter((one) => one.arm === arm)) {
            const { prompt, verify } = posed[result.question]!;
            const own = [];
            for (const { count, stream } of batchesOf(experiment, result.question))
              own.push(
                ...(await engine.generate({
                  prompts: new Array<Int32Array>(count).fill(session.encode({ text: prompt })),
                  group: new Int32Array(count),
                  maxNewTokens: experiment.maxNewTokens,
                  stopTokens: [base.tokenizer!.encode(task.stop).at(-1)!],
                  sampler,
                  seed: experiment.seed,
                  stream,
                })),
              );
            expect(result.rollouts.map(({ ids }) => [...ids])).toEqual(own.map(({ ids }) => [...ids]));
            for (const [i, rollout] of result.rollouts.entries()) {
              expect(rollout.row).toBe(i);
              expect([...rollout.hot]).toEqual([...own[i]!.hot]);
              for (const [t, nats] of rollout.entropyNats.entries())
                expect(Math.abs(nats - own[i]!.entropyNats[t]!)).toBeLessThan(1e-4);
              const text = base.tokenizer!.decode([...rollout.ids]);
              expect(result.texts[i]).toBe(text);
              expect(result.verdicts[i]).toEqual({ ...verify(text), extracted: null });
            }
          }
        }
        expect(results.some(({ verdicts }) => verdicts.some(({ reward }) => reward === 1))).toBe(true);
        const again = await draw();
        expect(again.map((result) => ({ ...result, seconds: 0 }))).toEqual(
          results.map((result) => ({ ...result, seconds: 0 })),
        );
      } finally {
        engine.destroy();
        await session.destroy();
      }
    },
    COMPILING_MS,
  );
});
