// Evaluation (METHOD.md section 6): n rollouts of each of m held-out prompts, and what may be said from them.
//
//   prompts --n rollouts each--> verdicts --> c of n a prompt --> avg@n, pass@k, each with an interval over prompts
//           --1 rollout, tau 0-> verdict  --> greedy
//
// Everything is a pure function of (weights, source, sampler, n, seed): prompt i and its noise do not depend on how many
// prompts are asked for, so that evaluations of one seed are paired prompt by prompt. Batches are therefore cut by a fixed
// rule, which also bounds memory: batch b holds the same rows whatever comes after it, and its noise is stream b. Only
// where rollouts share an entropy queue (scope 'run') does a token's temperature depend on its batch.
//
// A fixed temperature asks no queue, yet the gate is judged: by the threshold rule over one window through all batches.

import type { PolicyEngine, Rollout } from '../policy/engine.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import { type CharacterRoles, characterRoles } from '../tasks/characterRoles.ts';
import type { PosedProblem, ProblemSource } from '../tasks/source.ts';
import type { Part } from '../tasks/split.ts';
import type { Verdict } from '../tasks/task.ts';
import { parseSamplerConfig, type SamplerConfig } from '../temperature/config.ts';
import { completionText } from './completionText.ts';
import { EvaluationTally, type TallySummary } from './evaluationTally.ts';
import { bootstrapInterval, type Interval, passAtK } from './statistics.ts';

/** Rollouts of one batch: enough to keep a GPU busy, few enough for the caches of any machine. */
const BATCH_ROLLOUTS = 256;
/** Problems in a row that were all posed before, after which a source counts as having no other. */
const MOST_REPEATS = 256;
const MOST_SAMPLES = 65_536;
const MOST_PROMPTS = 1_048_576;

export interface EvaluationRequest {
  readonly engine: PolicyEngine;
  readonly tokenizer: CharacterTokenizer;
  readonly source: ProblemSource;
  /** Any rule, fixed tau and truncation included. Kept queues start empty here, and the engine's own are put back. */
  readonly sampler: SamplerConfig;
  /** Default: the longest completion of the task. */
  readonly maxNewTokens?: number;
  /** Rollouts a prompt. */
  readonly n: number;
  /** The k of pass@k, each from 1 to n. */
  readonly k: readonly number[];
  readonly prompts: number;
  /** Key of the problems and of the noise. */
  readonly seed: number;
  /** Default 'held-out'. */
  readonly part?: Part;
  /** Share that is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface EvaluatedPrompt {
  readonly prompt: string;
  /** c: correct rollouts of n. */
  readonly correct: number;
  /** Whether the argmax completion is correct. */
  readonly greedy: boolean;
}

export interface Evaluation extends TallySummary {
  readonly task: string;
  /** ProblemSource.label: the difficulty, or which problems. */
  readonly label: string;
  readonly part: Part;
  readonly sampler: SamplerConfig;
  readonly n: number;
  readonly prompts: number;
  readonly seed: number;
  /** avg@n: mean share of correct rollouts. All intervals are bootstraps over prompts, at 95 %. */
  readonly avg: Interval;
  /** pass@k by k, unbiased. */
  readonly pass: Readonly<Record<number, Interval>>;
  /** Share of prompts that argmax solves. */
  readonly greedy: Interval;
  /** In order of the stream: equal seed, part and source give the same prompts. */
  readonly perPrompt: readonly EvaluatedPrompt[];
}

/** Thrown for an evaluation that cannot be asked for; the message is one sentence. */
export class EvaluationError extends RangeError {
  override readonly name = 'EvaluationError';
}

/**
 * Evaluates the engine's policy.
 * @throws EvaluationError for counts that make no sense; TokenizerError when the tokenizer lacks a character of the task;
 *   RangeError when the source has no problem on that part; DOMException 'AbortError' once the signal is aborted
 */
export async function evaluatePolicy(request: EvaluationRequest): Promise<Evaluation> {
  const { engine, source, n, prompts, seed, part = 'held-out', signal } = request;
  checkCounts(request);
  signal?.throwIfAborted();
  const problemAt = problemsOf(source, part, seed);
  const run = roller(request, problemAt);
  const tally = new EvaluationTally(engine.config.vocabulary);
  const correct = new Int32Array(prompts);
  const greedy = new Uint8Array(prompts);
  const sampler = withWholeWindow(request.sampler);
  const kept = sampler.queue.keep ? await engine.readQueues() : null;
  try {
    if (kept !== null) await engine.resetQueues();
    await run(n, sampler, (owner, rollout, { verdict, roles }) => {
      tally.add(rollout, verdict, roles);
      correct[owner]! += verdict.reward;
    });
    await run(1, ARGMAX, (owner, _, { verdict }) => {
      greedy[owner] = verdict.reward;
    });
  } finally {
    if (kept !== null) await engine.loadQueues(kept);
  }
  const perPrompt = Array.from(correct, (count, i) => ({
    prompt: problemAt(i).prompt,
    correct: count,
    greedy: greedy[i] === 1,
  }));
  return {
    task: source.task.name,
    label: source.label,
    part,
    sampler: request.sampler,
    n,
    prompts,
    seed,
    ...ratesOf(perPrompt, request),
    ...tally.summary(),
    perPrompt,
  };
}

const ARGMAX = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 0 } }, 'evaluation');

/** At a fixed temperature: the shared queue is kept from batch to batch, so that batches do not matter to the gate. */
function withWholeWindow(sampler: SamplerConfig): SamplerConfig {
  const { queue, temperature } = sampler;
  return temperature.rule === 'fixed' && queue.scope === 'run'
    ? { ...sampler, queue: { ...queue, keep: true } }
    : sampler;
}

function checkCounts({ n, k, prompts }: EvaluationRequest): void {
  const isCount = (value: number, most: number) => Number.isSafeInteger(value) && value >= 1 && value <= most;
  if (!isCount(n, MOST_SAMPLES))
    throw new EvaluationError(`n must be a whole number from 1 to ${MOST_SAMPLES}, but it is ${n}.`);
  if (!isCount(prompts, MOST_PROMPTS))
    throw new EvaluationError(`prompts must be a whole number from 1 to ${MOST_PROMPTS}, but it is ${prompts}.`);
  const wrong = k.find((each) => !isCount(each, n));
  if (wrong !== undefined)
    throw new EvaluationError(`pass@${wrong} cannot be told from ${n} rollouts a prompt: k must be from 1 to n.`);
}

/**
 * The problems of a source's stream, each prompt once as long as the source has others: problem i is the next of the
 * stream whose prompt did not come before or, where 256 in a row have, the next of the stream. Drawn when first asked
 * for, since a problem may take milliseconds.
 */
function problemsOf(source: ProblemSource, part: Part, seed: number): (i: number) => PosedProblem {
  const posed: PosedProblem[] = [];
  const seen = new Set<string>();
  let index = 0;
  const draw = () => {
    const next = source.problem(part, seed, index);
    let problem = next;
    let repeats = 0;
    while (seen.has(problem.prompt) && ++repeats < MOST_REPEATS) problem = source.problem(part, seed, index + repeats);
    const isNew = repeats < MOST_REPEATS;
    index += isNew ? repeats + 1 : 1;
    posed.push(isNew ? problem : next);
    seen.add(problem.prompt);
  };
  return (i) => {
    while (posed.length <= i) draw();
    return posed[i]!;
  };
}

/**
 * Which prompt owns each row of each batch. Prompts are never split unless one alone is more than a batch; then it is cut
 * at whole turns of the ladder, so that every rollout keeps its place on it.
 */
function* batchesOf(prompts: number, n: number, { ladder }: SamplerConfig): Generator<number[]> {
  const most = BATCH_ROLLOUTS - (BATCH_ROLLOUTS % ladder.offsets.length);
  const together = Math.max(1, Math.floor(most / n));
  for (let first = 0; first < prompts; first += together) {
    const owners = Array.from({ length: Math.min(together, prompts - first) }, (_, i) => first + i);
    for (let rollout = 0; rollout < n; rollout += most) {
      const each = Math.min(most, n - rollout);
      yield owners.flatMap((owner) => new Array<number>(each).fill(owner));
    }
  }
}

interface Judgement {
  readonly verdict: Verdict;
  readonly roles: CharacterRoles;
}

/** Judges completions of one batch and remembers: at low temperatures most are repeats. */
function judge(problemAt: (i: number) => PosedProblem, alphabet: string): (owner: number, text: string) => Judgement {
  const said = new Map<string, Judgement>();
  return (owner, text) => {
    const key = `${owner}:${text}`;
    const known = said.get(key);
    if (known !== undefined) return known;
    const problem = problemAt(owner);
    const judgement = { verdict: problem.verify(text), roles: characterRoles(problem, alphabet, text) };
    said.set(key, judgement);
    return judgement;
  };
}

/** A function that rolls out `each` times every problem and shows each rollout once, with what is to be said of it. */
function roller(
  { engine, tokenizer, source: { task }, n, prompts, seed, signal, onProgress, ...rest }: EvaluationRequest,
  problemAt: (i: number) => PosedProblem,
) {
  const { maxNewTokens = task.maxCompletion } = rest;
  const stopTokens = [...tokenizer.encode(task.stop).slice(-1)];
  // Every problem is rolled out n times, and once greedily.
  const all = prompts * (n + 1);
  let done = 0;
  return async (
    each: number,
    sampler: SamplerConfig,
    take: (owner: number, rollout: Rollout, judgement: Judgement) => void,
  ): Promise<void> => {
    let stream = 0;
    for (const owners of batchesOf(prompts, each, sampler)) {
      const encoded = new Map([...new Set(owners)].map((i) => [i, tokenizer.encode(problemAt(i).prompt)]));
      const rollouts = await engine.generate({
        prompts: owners.map((owner) => encoded.get(owner)!),
        // Counted from 0 in every batch, so that batches of one shape share what an engine builds for them.
        group: Int32Array.from(owners, (owner) => owner - owners[0]!),
        maxNewTokens,
        stopTokens,
        sampler,
        seed,
        stream: stream++,
        onProgress: (steps) => onProgress?.((done + (steps / maxNewTokens) * owners.length) / all),
        ...(signal === undefined ? {} : { signal }),
      });
      signal?.throwIfAborted();
      const judged = judge(problemAt, task.alphabet);
      for (const [row, rollout] of rollouts.entries())
        take(owners[row]!, rollout, judged(owners[row]!, completionText(rollout.ids, tokenizer)));
      done += owners.length;
      onProgress?.(done / all);
    }
  };
}

function ratesOf(
  perPrompt: readonly EvaluatedPrompt[],
  { n, k, seed }: EvaluationRequest,
): Pick<Evaluation, 'avg' | 'pass' | 'greedy'> {
  const interval = (value: (prompt: EvaluatedPrompt) => number) => bootstrapInterval(perPrompt.map(value), { seed });
  return {
    avg: interval(({ correct }) => correct / n),
    pass: Object.fromEntries(k.map((each) => [each, interval(({ correct }) => passAtK(n, correct, each))])),
    greedy: interval(({ greedy }) => (greedy ? 1 : 0)),
  };
}
