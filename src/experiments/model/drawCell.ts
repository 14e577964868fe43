// Draws one cell: n rollouts of one question by one arm, batch by batch, and what is said of each.
//
//   encode the question -> for each batch: start a group, play it to its end, keep its rollouts -> judge
//
// It knows a language model by its interface alone (src/llm/session.ts), so it loads none.

import type { Judge } from '../../llm/problems/problem.ts';
import type { LlmGroup, LlmSession } from '../../llm/session.ts';
import type { Rollout } from '../../policy/engine.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { ModelCellResult, ModelVerdict } from './cellResult.ts';
import {
  batchesOf,
  type CellBatch,
  type ModelArm,
  type ModelCell,
  type ModelExperiment,
  type ModelQuestion,
} from './definition.ts';

export interface DrawOptions {
  /** What the arm's kept queues hold, oldest first, by queue index: `queues` of the arm's cell before. Else empty. */
  readonly queuesBefore: readonly Float32Array[];
  /** Judges mathematics. */
  readonly judge: Judge;
  /** Aborted, the cell is given up behind the present token. */
  readonly signal?: AbortSignal;
  /** After every token: tokens of the longest row, over the batches so far, and how many there may be. */
  readonly onStep?: (steps: number, mostSteps: number) => void;
}

/**
 * Draws all rollouts of a cell. The same cell with the same queues gives the same tokens.
 * @throws LlmError when the model cannot be asked this; the signal's reason when it was aborted
 */
export async function drawModelCell(
  session: LlmSession,
  experiment: ModelExperiment,
  cell: ModelCell,
  { queuesBefore, judge, signal, onStep }: DrawOptions,
): Promise<ModelCellResult> {
  const began = performance.now();
  const question = experiment.questions[cell.question]!;
  const arm = experiment.arms[cell.arm]!;
  const promptIds = session.encode(question.prompt);
  const end = question.stopText === null ? undefined : session.encode({ text: question.stopText }).at(-1);
  const stopTokens = end === undefined ? session.stopTokens : [...new Set([...session.stopTokens, end])];
  const { keep } = arm.sampler.queue;
  const batches = batchesOf(experiment, cell.question);
  const mostSteps = batches.length * experiment.maxNewTokens;

  const rollouts: Rollout[] = [];
  let queues = keep ? queuesBefore : [];
  for (const [at, batch] of batches.entries()) {
    const group = await startBatch(session, experiment, arm, batch, { promptIds, stopTokens, queues, signal });
    try {
      const told = () => onStep?.(at * experiment.maxNewTokens + group.steps, mostSteps);
      await group.play(experiment.maxNewTokens, { ...(signal !== undefined && { signal }), onStep: told });
      rollouts.push(...group.rollouts.map((rollout) => ({ ...rollout, row: batch.from + rollout.row })));
      // A smaller batch leaves the queues of the rows that it lacks as they are.
      if (keep) queues = [...group.queues(), ...queues.slice(group.queues().length)];
    } finally {
      group.dispose();
    }
  }

  const texts = rollouts.map(({ ids }) => session.decode(ids, 'drop'));
  const used = [...new Set(rollouts.flatMap(({ ids }) => [...ids]))].sort((a, b) => a - b);
  const pieces = session.pieces(used).map((piece, i) => [used[i]!, piece] as const);
  const verdictOf =
    question.check.kind === 'math'
      ? mathVerdict(question.check, judge)
      : taskVerdict(question.check, session, new Map(pieces), end);
  return {
    ...cell,
    rollouts,
    texts,
    verdicts: rollouts.map((rollout, i) => verdictOf(rollout, texts[i]!)),
    pieces,
    queues,
    adapter: session.adapter,
    seconds: (performance.now() - began) / 1000,
  };
}

function startBatch(
  session: LlmSession,
  { seed, maxNewTokens }: ModelExperiment,
  { sampler }: ModelArm,
  { count, stream }: CellBatch,
  from: {
    readonly promptIds: Int32Array;
    readonly stopTokens: readonly number[];
    readonly queues: readonly Float32Array[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<LlmGroup> {
  return session.start({
    promptIds: from.promptIds,
    rollouts: count,
    maxNewTokens,
    sampler,
    seed,
    stream,
    stopTokens: from.stopTokens,
    queuesBefore: from.queues,
    ...(from.signal !== undefined && { signal: from.signal }),
  });
}

type Check<Kind> = Extract<ModelQuestion['check'], { kind: Kind }>;
type VerdictOf = (rollout: Rollout, text: string) => ModelVerdict;

const mathVerdict =
  ({ answer }: Check<'math'>, judge: Judge): VerdictOf =>
  ({ finished }, text) => {
    const { reward, extracted } = judge({ answer }, text);
    const wrong = !finished ? 'unfinished' : extracted === null ? 'no answer' : 'wrong answer';
    return { reward, outcome: reward === 1 ? 'correct' : wrong, extracted };
  };

/** Stands for a token that is no text. In no task's alphabet. */
const NO_TEXT = '\uFFFD';

function taskVerdict(
  { task, difficulty, seed, index }: Check<'task'>,
  session: LlmSession,
  pieces: ReadonlyMap<number, string>,
  end: number | undefined,
): VerdictOf {
  const { verify } = taskSource(taskByName(task), difficulty).problem('held-out', seed, index);
  const read = new Map([...pieces].map(([id, piece]) => [id, session.decode([id], 'drop') === '' ? NO_TEXT : piece]));
  return ({ ids, finished }) => {
    // The model's own end is no part of what it wrote; the task's stop character is.
    const written = finished && ids.at(-1) !== end && read.get(ids.at(-1)!) === NO_TEXT ? ids.subarray(0, -1) : ids;
    const { reward, outcome } = verify(Array.from(written, (id) => read.get(id)!).join(''));
    return { reward: reward === 1 ? 1 : 0, outcome, extracted: null };
  };
}
