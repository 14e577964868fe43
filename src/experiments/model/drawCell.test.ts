// A cell is what the engine draws, batch by batch; its verdicts are the judge's and the tasks'.

import { describe, expect, it } from 'vitest';
import type { Judge } from '../../llm/problems/problem.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { SamplerConfigInput } from '../../temperature/config.ts';
import { ladderShift } from '../../temperature/ladder.ts';
import { type ModelExperimentInput, parseModelExperiment } from './definition.ts';
import { answering, COUNTDOWN, drawnBy, randomPolicy, testSession, WRITTEN } from './drawCell.testing.ts';
import { drawModelCell } from './drawCell.ts';

const task = taskByName('countdown');
const difficulty = Object.keys(task.difficulties)[0]!;
const posed = taskSource(task, difficulty).problem('held-out', 4, 2);

const experiment = (sampler: SamplerConfigInput, change: Partial<ModelExperimentInput> = {}) =>
  parseModelExperiment({
    name: 'test',
    model: { name: 'test', dtype: 'fp32', weightsBytes: 1 },
    questions: [
      {
        id: 'a',
        domain: 'algebra',
        words: '1+1',
        prompt: { text: '1+1=' },
        stopText: null,
        check: { kind: 'math', answer: '2' },
      },
      {
        id: 'b',
        domain: 'countdown',
        words: posed.prompt,
        prompt: { text: posed.prompt },
        stopText: task.stop,
        check: { kind: 'task', task: 'countdown', difficulty, seed: 4, index: 2 },
      },
    ],
    arms: [{ name: 'first', sampler }],
    rollouts: 7,
    together: 4,
    maxNewTokens: 12,
    seed: 11,
    ...change,
  } satisfies ModelExperimentInput);

const unasked: Judge = () => {
  throw new Error('Nothing was to be judged.');
};
const options = { queuesBefore: [], judge: unasked };
const cell = { question: 1, arm: 0 };
const stop = COUNTDOWN.encode(task.stop)[0]!;
const row = (list: readonly { readonly ids: Int32Array }[]) => list.map(({ ids }) => [...ids]);

describe('what is drawn', () => {
  it('is what the engine draws for each batch, rows counted on, on the ladder of its place', async () => {
    const one = experiment({ temperature: { rule: 'fixed', tau: 1 }, ladder: { offsets: [0, 0.5, -0.25] } });
    const engine = await randomPolicy();
    const told: [number, number][] = [];
    const onStep = (steps: number, most: number) => told.push([steps, most]);
    const session = testSession(drawnBy(engine), COUNTDOWN);
    const result = await drawModelCell(session, one, cell, { ...options, onStep });

    // 4 together and a ladder of 3: batches of 3, 3 and 1.
    const batches = await Promise.all(
      [3, 3, 1].map((count, batch) =>
        engine.generate({
          prompts: new Array<Int32Array>(count).fill(COUNTDOWN.encode(posed.prompt)),
          group: new Int32Array(count),
          maxNewTokens: 12,
          stopTokens: [stop],
          sampler: one.arms[0]!.sampler,
          seed: 11,
          stream: 7 + batch,
        }),
      ),
    );
    expect(row(result.rollouts)).toEqual(row(batches.flat()));
    expect(result.rollouts.map((rollout) => rollout.row)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const rollout of result.rollouts)
      expect(new Set(rollout.tau)).toEqual(new Set([1 + ladderShift(one.arms[0]!.sampler, rollout.row)]));
    expect(result.texts).toEqual(result.rollouts.map(({ ids }) => COUNTDOWN.decode(ids, 'drop')));
    expect(new Set(result.pieces.map(([id]) => id))).toEqual(new Set(row(result.rollouts).flat()));
    for (const [id, piece] of result.pieces) expect(piece).toBe(COUNTDOWN.tokens[id]);
    expect(result.adapter).toBe('float64 TypeScript');
    expect(session.open()).toBe(0);

    const steps = batches.map((batch) => Math.max(...batch.map(({ ids }) => ids.length)));
    expect(told).toEqual(
      steps.flatMap((count, batch) => Array.from({ length: count }, (_, i) => [12 * batch + i + 1, 36])),
    );
  });

  it('goes on with kept queues from batch to batch and from cell to cell', async () => {
    for (const scope of ['run', 'rollout'] as const) {
      const one = experiment({ queue: { keep: true, scope, capacity: 50 }, ladder: { offsets: [0, 0.1] } });
      const engine = await randomPolicy();
      const session = testSession(drawnBy(engine), COUNTDOWN);
      const before = Array.from({ length: scope === 'run' ? 1 : 4 }, (_, i) => Float32Array.of(0.5 + i, 1.5));
      const result = await drawModelCell(session, one, cell, { ...options, queuesBefore: before });

      const other = await randomPolicy();
      await other.loadQueues(before);
      const whole = [];
      let queues: Float32Array[] = [];
      for (const [batch, count] of [4, 3].entries()) {
        whole.push(
          ...(await other.generate({
            prompts: new Array<Int32Array>(count).fill(COUNTDOWN.encode(posed.prompt)),
            group: new Int32Array(count),
            maxNewTokens: 12,
            stopTokens: [stop],
            sampler: one.arms[0]!.sampler,
            seed: 11,
            stream: 7 + batch,
          })),
        );
        const now = await other.readQueues();
        queues = [...now, ...queues.slice(now.length)];
      }
      expect(row(result.rollouts)).toEqual(row(whole));
      // Queues that are read out are rounded to float32.
      for (const [i, { thresholdNats }] of result.rollouts.entries())
        for (const [t, nats] of thresholdNats.entries()) expect(nats).toBeCloseTo(whole[i]!.thresholdNats[t]!, 5);
      expect(result.rollouts[0]!.queueLength[0]).toBeGreaterThan(2);
      expect(queues).toHaveLength(scope === 'run' ? 1 : 4);
      expect(result.queues.map((list) => list.length)).toEqual(queues.map(({ length }) => length));
      for (const [i, list] of queues.entries())
        for (const [at, nats] of list.entries()) expect(result.queues[i]![at]!).toBeCloseTo(nats, 5);
    }
  });

  it('begins every batch with empty queues where they are not kept', async () => {
    const one = experiment({ queue: { scope: 'run' } });
    const session = testSession(drawnBy(await randomPolicy()), COUNTDOWN);
    const result = await drawModelCell(session, one, cell, { ...options, queuesBefore: [Float32Array.of(9)] });
    expect(session.asked.map(({ queuesBefore }) => queuesBefore)).toEqual([[], []]);
    expect(result.queues).toEqual([]);
    expect(result.rollouts[0]!.queueLength[0]).toBe(4);
  });

  it('is the same again, and the same noise for every arm', async () => {
    const fixed: SamplerConfigInput = { temperature: { rule: 'fixed', tau: 1 } };
    const arms = [
      { name: 'one', sampler: fixed },
      { name: 'again', sampler: fixed },
    ];
    const one = parseModelExperiment({ ...experiment({}), arms });
    const session = testSession(drawnBy(await randomPolicy()), COUNTDOWN);
    const [first, other, again] = [
      await drawModelCell(session, one, cell, options),
      await drawModelCell(session, one, { ...cell, arm: 1 }, options),
      await drawModelCell(session, one, cell, options),
    ];
    expect(other.rollouts).toEqual(first.rollouts);
    expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
  });
});

describe('what is said of it', () => {
  it('of mathematics: correct, wrong, none, or cut before it was right', async () => {
    const answers = ['so it is 2<eos>', 'so it is 3<eos>', 'who knows<eos>', 'it is 2 a', 'it is 3 b', 'c d e'];
    const digit: Judge = ({ answer }, completion) => {
      const extracted = /\d/.exec(completion)?.[0] ?? null;
      return { reward: extracted === answer ? 1 : 0, extracted, method: null, reason: '' };
    };
    const session = testSession(answering(WRITTEN, answers), WRITTEN, [0]);
    const one = experiment({}, { rollouts: 6, together: 6, maxNewTokens: 30 });
    const result = await drawModelCell(session, one, { question: 0, arm: 0 }, { ...options, judge: digit });
    expect(result.texts).toEqual(answers.map((text) => text.replace('<eos>', '')));
    expect(result.verdicts).toEqual([
      { reward: 1, outcome: 'correct', extracted: '2' },
      { reward: 0, outcome: 'wrong answer', extracted: '3' },
      { reward: 0, outcome: 'no answer', extracted: null },
      { reward: 1, outcome: 'correct', extracted: '2' },
      { reward: 0, outcome: 'unfinished', extracted: '3' },
      { reward: 0, outcome: 'unfinished', extracted: null },
    ]);
  });

  it("of tasks: what their verifier says, with and without the model's own end token", async () => {
    const { prompt, completion } = task.worked;
    const solved = task.parse(prompt)!;
    // The held-out problem is another than the worked one: its answer is well formed and does not solve it.
    expect(posed.prompt).not.toBe(prompt);
    expect(task.verify(solved, completion).outcome).toBe('ok');
    const answers = [completion, completion.slice(0, -1), '1', `1<eos>`, `1<eos>2${task.stop}`];
    const session = testSession(answering(WRITTEN, answers), WRITTEN, [0]);
    const one = experiment({}, { rollouts: 5, together: 5, maxNewTokens: 100 });
    const result = await drawModelCell(session, one, cell, options);
    const read = [completion, completion.slice(0, -1), '1', '1', `1\uFFFD2${task.stop}`];
    expect(result.verdicts).toEqual(
      read.map((text) => ({ reward: 0, outcome: posed.verify(text).outcome, extracted: null })),
    );
    expect(new Set(result.verdicts.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
    expect(session.asked[0]!.stopTokens).toEqual([0, WRITTEN.encode(task.stop)[0]!]);
  });
});

describe('a cell that is given up', () => {
  it('ends behind the present token, with the reason, and frees its group', async () => {
    const session = testSession(drawnBy(await randomPolicy()), COUNTDOWN);
    const abort = new AbortController();
    const onStep = (steps: number) => {
      if (steps === 14) abort.abort(new DOMException('Paused.', 'AbortError'));
    };
    const drawing = drawModelCell(session, experiment({}), cell, { ...options, signal: abort.signal, onStep });
    await expect(drawing).rejects.toThrow('Paused.');
    expect(session.asked).toHaveLength(2);
    expect(session.open()).toBe(0);
    await expect(drawModelCell(session, experiment({}), cell, { ...options, signal: abort.signal })).rejects.toThrow(
      'Paused.',
    );
    expect(session.asked).toHaveLength(2);
  });

  it('frees its group when the model fails', async () => {
    const session = testSession(drawnBy(await randomPolicy()), COUNTDOWN);
    const onStep = () => {
      throw new Error('The GPU is gone.');
    };
    await expect(drawModelCell(session, experiment({}), cell, { ...options, onStep })).rejects.toThrow(
      'The GPU is gone.',
    );
    expect(session.open()).toBe(0);
  });
});
