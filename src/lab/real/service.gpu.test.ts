// Cells of an experiment in the model's worker, through the calls that the page makes: a small policy that transformers.js
// runs on the CPU.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseModelExperiment } from '../../experiments/model/definition.ts';
import { countdownBase, exportedFiles, folder } from '../../llm/llm.testing.ts';
import { loadJudge } from '../../llm/problems/problem.ts';
import { LabClient } from '../client.ts';
import { serve } from '../serve.ts';
import { taskQuestionsOf } from './experiments/questions.ts';
import { realService } from './service.ts';

const LOADING_MS = 300_000;
const [question] = taskQuestionsOf({ task: 'countdown', difficulty: 'three-numbers', seed: 4, count: 1 });
const experiment = parseModelExperiment({
  name: 'both checks',
  model: { name: 'countdown', dtype: 'fp32', weightsBytes: 1 },
  questions: [question!, { ...question!, id: 'as mathematics', check: { kind: 'math', answer: '22' } }],
  arms: [{ name: 'fixed 1', sampler: { temperature: { rule: 'fixed', tau: 1 } } }],
  rollouts: 4,
  together: 2,
  maxNewTokens: 24,
});

let client: LabClient;
beforeAll(async () => {
  const answer = serve(
    realService(() => {}),
    (message) => client.receive(structuredClone(message)),
  );
  client = new LabClient({ send: (message) => answer(structuredClone(message)), close: () => {} });
  const source = folder(exportedFiles(await countdownBase()));
  await client.call('real/load', { source, dtype: 'fp32', device: 'wasm' });
}, LOADING_MS);
afterAll(() => client.end('The test is over.'));

const wish = (at: number) => ({ experiment, cell: { question: at, arm: 0 }, queuesBefore: [] });

it('are drawn whole, and judged by the task or as mathematics', async () => {
  const [byTask, byMath] = [await client.call('real/cell', wish(0)), await client.call('real/cell', wish(1))];
  expect(byTask.rollouts).toHaveLength(4);
  expect(byTask.verdicts.map(({ outcome }) => outcome)).not.toContain('no answer');
  const judge = await loadJudge();
  expect(byMath.verdicts.map(({ reward, extracted }) => ({ reward, extracted }))).toEqual(
    byMath.texts.map((text) => {
      const { reward, extracted } = judge({ answer: '22' }, text);
      return { reward, extracted };
    }),
  );
});

it('are given up when they are cancelled, and come again as they were, also while the room steps', async () => {
  const whole = await client.call('real/cell', wish(0));
  const abort = new AbortController();
  const cut = client.call('real/cell', wish(0), { signal: abort.signal });
  abort.abort();
  await expect(cut).rejects.toThrow(/cancelled/);
  const [again, group] = await Promise.all([
    client.call('real/cell', wish(0)),
    client.call('real/start', {
      prompt: question!.prompt,
      stopText: question!.stopText,
      rollouts: 2,
      maxNewTokens: 8,
      sampler: experiment.arms[0]!.sampler,
      seed: 1,
      stream: 0,
      queuesBefore: [],
    }),
  ]);
  expect({ ...again, seconds: 0 }).toEqual({ ...whole, seconds: 0 });
  expect(group.steps).toBe(1);
});
