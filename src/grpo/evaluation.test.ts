import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import type { GenerateRequest, PolicyEngine } from '../policy/engine.ts';
import { initialParameters } from '../policy/initialise.ts';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { taskByName } from '../tasks/index.ts';
import { type ProblemSource, taskSource } from '../tasks/source.ts';
import { partOf } from '../tasks/split.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { type EvaluationRequest, evaluatePolicy } from './evaluation.ts';
import { type MarkovTable, markovPolicy } from './markovPolicy.testing.ts';

const parity = taskByName('parity');
const tokenizer = createTokenizer({ characters: parity.alphabet, special: [PAD] });
const source = taskSource(parity, 'sixteen-bits');
const fixed = (tau: number) => parseSamplerConfig({ temperature: { rule: 'fixed', tau } }, 'evaluation');

/** Guesses at once; odd three times in four. */
const GUESSING: MarkovTable = {
  '>': { '=': 1 },
  '=': { '0': 0.25, '1': 0.75 },
  '0': { '.': 1 },
  '1': { '.': 1 },
};
/** Begins the long answer, gets the first parity right half of the time, and breaks off. */
const BREAKING_OFF: MarkovTable = {
  '>': { ':': 1 },
  ':': { '0': 0.5, '1': 0.5 },
  '0': { '=': 1 },
  '1': { '=': 1 },
  '=': { '.': 1 },
};

async function engineOf(table: MarkovTable): Promise<PolicyEngine> {
  const { config, parameters } = markovPolicy(tokenizer, table);
  const engine = await createCpuEngine(config);
  await engine.loadParameters(parameters);
  return engine;
}

async function evaluate(table: MarkovTable, changes: Partial<EvaluationRequest> = {}) {
  const engine = await engineOf(table);
  return evaluatePolicy({
    engine,
    tokenizer,
    source,
    sampler: fixed(1),
    n: 8,
    k: [1],
    prompts: 10,
    seed: 3,
    ...changes,
  });
}

const isOdd = (prompt: string) => prompt.replaceAll(/[^1]/g, '').length % 2 === 1;

/** C(n, k), exactly. */
function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

describe('evaluatePolicy', () => {
  it('counts what a policy worked out by hand does', async () => {
    const [n, prompts] = [16, 40];
    const found = await evaluate(GUESSING, { n, k: [1, 4, 16], prompts });
    expect(found).toMatchObject({ task: 'parity', label: 'sixteen-bits', part: 'held-out', n, prompts, seed: 3 });
    expect(found.perPrompt).toHaveLength(prompts);
    const correct = found.perPrompt.map((each) => each.correct);
    const total = correct.reduce((a, b) => a + b, 0);

    // Argmax says odd.
    for (const { prompt, greedy } of found.perPrompt) expect(greedy).toBe(isOdd(prompt));
    const odd = found.perPrompt.filter(({ prompt }) => isOdd(prompt));
    expect(found.greedy.mean).toBeCloseTo(odd.length / prompts, 12);
    // An odd prompt is guessed three times in four; four standard errors.
    const oddShare = odd.reduce((sum, each) => sum + each.correct, 0) / (n * odd.length);
    expect(Math.abs(oddShare - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / (n * odd.length)));

    expect(found.avg.mean).toBeCloseTo(total / (n * prompts), 12);
    for (const k of [1, 4, 16]) {
      const rates = correct.map((c) => 1 - Number(choose(n - c, k)) / Number(choose(n, k)));
      expect(found.pass[k]!.mean).toBeCloseTo(rates.reduce((a, b) => a + b, 0) / prompts, 12);
      expect(found.pass[k]!.low).toBeLessThanOrEqual(found.pass[k]!.mean);
      expect(found.pass[k]!.high).toBeGreaterThanOrEqual(found.pass[k]!.mean);
    }
    expect(found.outcomes).toEqual({
      ok: total,
      'wrong answer': n * prompts - total,
      'wrong arithmetic': 0,
      illegal: 0,
      unfinished: 0,
      format: 0,
    });
    expect(found.meanLength).toBe(3);
    expect(found.tokens).toBe(3 * n * prompts);

    // `=` is a fork taken for sure, the guess a fork of this entropy, the stop forced.
    const guessNats = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
    expect(found.entropyNats.fork).toBeCloseTo(guessNats / 2, 5);
    expect(found.entropyNats.format).toBeCloseTo(0, 5);
    expect(found.entropyNats.knowledge).toBeNull();
    expect(found.entropyNats.all).toBeCloseTo(guessNats / 3, 5);
    const bin = Math.floor(guessNats / found.histogram.binNats);
    expect(found.histogram.fork[0]).toBe(n * prompts);
    expect(found.histogram.fork[bin]).toBe(n * prompts);
    expect(found.histogram.format[0]).toBe(n * prompts);
    expect(found.knowledgeRight).toBeNull();
  });

  it('judges knowledge by what the place asks for, up to the first illegal token', async () => {
    const [n, prompts] = [16, 20];
    const found = await evaluate(BREAKING_OFF, { n, prompts });
    // A right parity is followed by one that is left out; a wrong one ends what is legal.
    const right = found.outcomes.illegal;
    const wrong = found.outcomes['wrong arithmetic'];
    expect(right + wrong).toBe(n * prompts);
    expect(right).toBeGreaterThan(0);
    expect(wrong).toBeGreaterThan(0);
    expect(found.knowledgeRight).toBeCloseTo(right / (2 * right + wrong), 12);
    // The parity's place is uncertain whether it was met or not; the omitted one's is not.
    expect(found.entropyNats.knowledge).toBeCloseTo((Math.LN2 * (right + wrong)) / (2 * right + wrong), 5);
    const unknown = found.histogram.unknown.reduce((a, b) => a + b, 0);
    expect(unknown).toBe(right + 2 * wrong);
  });

  it('tells how well the gate finds the forks', async () => {
    const nats = (hotIf: number) => ({
      sampler: parseSamplerConfig({
        temperature: { rule: 'fixed', tau: 1 },
        threshold: { rule: 'absolute', nats: hotIf },
      }),
    });
    // Hot above .1 nats: the guess, half of the forks, and nothing else.
    expect((await evaluate(GUESSING, nats(0.1))).gate).toEqual({ precision: 1, recall: 0.5 });
    // Hot: the first parity, which is knowledge; `:`, the fork, is not.
    expect((await evaluate(BREAKING_OFF, nats(0.1))).gate).toEqual({ precision: 0, recall: 0 });
    expect((await evaluate(GUESSING, nats(1))).gate).toEqual({ precision: null, recall: 0 });
    // One window through all batches (32 prompts are one). When a batch comes to its guesses, the share of tokens in the
    // window that are none is 1/2 in the first, 3/5 in the second, 5/8 in the third: only there are guesses hot.
    const quantile = parseSamplerConfig({
      temperature: { rule: 'fixed', tau: 1 },
      threshold: { rule: 'quantile', coldFraction: 0.62 },
    });
    const { gate } = await evaluate(GUESSING, { sampler: quantile, prompts: 96 });
    expect(gate.precision).toBe(1);
    expect(gate.recall).toBeCloseTo(1 / 6, 12);
  });

  it('calls what maxNewTokens cuts off unfinished', async () => {
    const { outcomes, meanLength } = await evaluate(GUESSING, { maxNewTokens: 2 });
    expect(outcomes.unfinished).toBe(80);
    expect(meanLength).toBe(2);
  });

  it('takes fewer or more risks at another temperature', async () => {
    const cold = await evaluate(GUESSING, { sampler: fixed(0), n: 4, prompts: 12 });
    expect(cold.perPrompt.map(({ correct }) => correct === 4)).toEqual(cold.perPrompt.map(({ greedy }) => greedy));
    expect(cold.avg.mean).toBe(cold.greedy.mean);
    // The entropies stay those of tau 1.
    const hot = await evaluate(GUESSING, { sampler: fixed(1.7), n: 4, prompts: 12 });
    expect(hot.entropyNats.fork).toBeCloseTo(cold.entropyNats.fork!, 6);
  });

  it('poses different held-out prompts, the same for any number of them, with the same noise', async () => {
    // 8 rollouts: 32 prompts are a batch.
    const few = await evaluate(GUESSING, { prompts: 10 });
    const many = await evaluate(GUESSING, { prompts: 70 });
    expect(many.perPrompt.slice(0, 10)).toEqual(few.perPrompt);
    expect(new Set(many.perPrompt.map(({ prompt }) => prompt)).size).toBe(70);
    for (const { prompt } of many.perPrompt) expect(partOf(prompt)).toBe('held-out');
    expect(await evaluate(GUESSING, { prompts: 70 })).toEqual(many);
    const other = await evaluate(GUESSING, { prompts: 70, seed: 4 });
    expect(other.perPrompt).not.toEqual(many.perPrompt);
    const training = await evaluate(GUESSING, { prompts: 10, part: 'training' });
    for (const { prompt } of training.perPrompt) expect(partOf(prompt)).toBe('training');
  });

  it('cuts batches of bounded size with noise of their own, and keeps every rollout on its rung of the ladder', async () => {
    const engine = await engineOf(GUESSING);
    const requests: GenerateRequest[] = [];
    const rungs = new Map<number, number>();
    const watched = new Proxy(engine, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (typeof value !== 'function') return value;
        if (key !== 'generate') return value.bind(target) as unknown;
        return async (request: GenerateRequest) => {
          requests.push(request);
          const rollouts = await target.generate(request);
          for (const { tau } of rollouts) rungs.set(tau[0]!, (rungs.get(tau[0]!) ?? 0) + 1);
          return rollouts;
        };
      },
    });
    const sampler = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 }, ladder: { offsets: [0, 0.25, 0.5] } });
    const { outcomes } = await evaluatePolicy({
      engine: watched,
      tokenizer,
      source,
      sampler,
      n: 300,
      k: [256],
      prompts: 2,
      seed: 1,
    });
    expect(Object.values(outcomes).reduce((a, b) => a + b, 0)).toBe(600);
    const sampled = requests.slice(0, -1);
    expect(sampled.map((request) => request.prompts.length)).toEqual([255, 45, 255, 45]);
    expect(sampled.map((request) => request.stream)).toEqual([0, 1, 2, 3]);
    expect([...rungs]).toEqual([
      [1, 200],
      [1.25, 200],
      [1.5, 200],
      [0, 2],
    ]);
  });

  it('repeats problems only where the source has no other', async () => {
    const three: ProblemSource = { ...source, problem: (part, seed, index) => source.problem(part, seed, index % 3) };
    const { perPrompt } = await evaluate(GUESSING, { source: three, prompts: 7 });
    expect(new Set(perPrompt.slice(0, 3).map(({ prompt }) => prompt)).size).toBe(3);
    expect(new Set(perPrompt.map(({ prompt }) => prompt)).size).toBe(3);
    const last: ProblemSource = {
      ...source,
      problem: (part, seed, index) => source.problem(part, seed, index < 100 ? 0 : 1),
    };
    const two = (await evaluate(GUESSING, { source: last, prompts: 2 })).perPrompt;
    expect(two[0]!.prompt).not.toBe(two[1]!.prompt);
  });

  it('gives the same on the CPU as in float64', async () => {
    const config = {
      ...markovPolicy(tokenizer, {}).config,
      width: 16,
      headWidth: 8,
      heads: 2,
      mlpWidth: 24,
      layers: 2,
    };
    const start = initialParameters(config, 8);
    const parameters = new Map(
      [...start].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => 4 * x) }]),
    );
    const request = { tokenizer, source, n: 6, k: [1, 3], prompts: 4, seed: 11, maxNewTokens: 8 };
    const sampler = parseSamplerConfig({ temperature: { rule: 'binary', high: 1.4, low: 0.8 } });
    const cpu = await createCpuEngine(config);
    const oracle = new ReferenceEngine(config);
    for (const engine of [cpu, oracle]) await engine.loadParameters(parameters);
    const here = await evaluatePolicy({ ...request, sampler, engine: cpu });
    const there = await evaluatePolicy({ ...request, sampler, engine: oracle });
    const { entropyNats, ...counts } = here;
    const { entropyNats: oracleNats, ...oracleCounts } = there;
    expect(counts).toEqual(oracleCounts);
    expect(here.tokens).toBeGreaterThan(24);
    for (const role of ['all', 'fork'] as const) expect(entropyNats[role]).toBeCloseTo(oracleNats[role]!, 4);
  });

  it('begins with empty queues and puts back the ones that the engine kept, also when it is stopped', async () => {
    const engine = await engineOf(GUESSING);
    const queue = Float32Array.of(0.5, 0.25, 0.125);
    await engine.loadQueues([queue]);
    const sampler = parseSamplerConfig({ queue: { keep: true } });
    const request = { engine, tokenizer, source, sampler, n: 2, k: [1], prompts: 3, seed: 1 };
    const first = await evaluatePolicy(request);
    expect(await engine.readQueues()).toEqual([queue]);
    expect(await evaluatePolicy(request)).toEqual(first);

    const stop = new AbortController();
    const done: number[] = [];
    const stopped = evaluatePolicy({
      ...request,
      n: 16,
      prompts: 64,
      signal: stop.signal,
      onProgress: (share) => {
        done.push(share);
        if (share >= 0.2) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(done.at(-1)).toBeLessThan(0.5);
    expect(await engine.readQueues()).toEqual([queue]);
  });

  it('tells how far it is, never backwards, up to all', async () => {
    const done: number[] = [];
    await evaluate(GUESSING, { n: 16, prompts: 40, onProgress: (share) => done.push(share) });
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(1);
  });

  it.each([
    [{ n: 0 }, 'n must be a whole number from 1 to 65536, but it is 0.'],
    [{ n: 2.5 }, 'n must be a whole number from 1 to 65536, but it is 2.5.'],
    [{ prompts: 0 }, 'prompts must be a whole number from 1 to 1048576, but it is 0.'],
    [{ n: 8, k: [1, 9] }, 'pass@9 cannot be told from 8 rollouts a prompt: k must be from 1 to n.'],
    [{ k: [0] }, 'pass@0 cannot be told from 8 rollouts a prompt: k must be from 1 to n.'],
    [{ seed: -1 }, 'The seed must be a whole number from 0 to 2^53 - 1, but it is -1.'],
  ])('refuses %o', async (changes, sentence) => {
    await expect(evaluate(GUESSING, changes)).rejects.toThrow(sentence);
  });

  it('refuses a tokenizer of another task', async () => {
    const digits = createTokenizer({ characters: '01.', special: [PAD] });
    await expect(evaluate(GUESSING, { tokenizer: digits })).rejects.toThrow(
      /">" at position 16 is not in the alphabet/,
    );
  });
});
