// Making a base policy: supervised learning on random legal traces of training problems, of which a set share solves.
//
// Batch i is a pure function of the config and i, and so is the learning rate: an engine whose parameters and moments
// were kept after step i goes on as if it had never stopped.

import type { SupervisedRow } from '../policy/crossEntropy.ts';
import { accumulateCrossEntropy } from '../policy/crossEntropy.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { initialParameters } from '../policy/initialise.ts';
import { taskTokenizer } from '../policy/taskTokenizer.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { randomSource } from '../tasks/random.ts';
import { drawProblem } from '../tasks/split.ts';
import type { Example, Task } from '../tasks/task.ts';
import { type PretrainConfig, pretrainPolicy } from './pretrainConfig.ts';

/** Shares are drawn to this precision. */
const SHARES = 2 ** 20;

export interface PretrainProgress {
  /** Steps taken so far, this one included. */
  readonly step: number;
  readonly steps: number;
  /** Mean cross-entropy of the step's completions before the step, nats a token. */
  readonly lossNats: number;
  /** Global norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Tokens of the step's traces, prompts included. */
  readonly tokens: number;
}

export interface PretrainOptions {
  /** Steps that the engine has behind it already; at 0 its parameters are set to the initial ones. Default 0. */
  readonly from?: number;
  /** Called after every step. */
  readonly onProgress?: (progress: PretrainProgress) => void;
  /** Once aborted, no further step is begun; the engine holds what was learned so far. */
  readonly signal?: AbortSignal;
}

/** Trace `index` of the stream that a config draws: a training problem's prompt and a legal completion. */
export function drawTrace(
  task: Task,
  { difficulty, seed, solvingShare }: Pick<PretrainConfig, 'difficulty' | 'seed' | 'solvingShare'>,
  index: number,
): Example {
  const random = randomSource(seed, index);
  const problem = drawProblem(task, difficulty, 'training', random);
  const solve = random.below(SHARES) < solvingShare * SHARES;
  return { prompt: task.promptOf(problem), completion: task.trace(problem, solve, random).completion };
}

/** A trace as a row of which only the completion counts. */
function rowOf({ prompt, completion }: Example, tokenizer: CharacterTokenizer): SupervisedRow {
  const ids = tokenizer.encode(prompt + completion);
  const given = tokenizer.encode(prompt).length;
  return { ids, weight: Float32Array.from(ids, (_, t) => (t < given ? 0 : 1)) };
}

/** The learning rate of a step, the first being 0: up to the largest over the warm-up, then down to 0 at the end. */
export function learningRateAt(
  { learningRate, warmupSteps, steps, decay }: Pick<PretrainConfig, 'learningRate' | 'warmupSteps' | 'steps' | 'decay'>,
  step: number,
): number {
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  const left = (steps - step) / Math.max(1, steps - warmupSteps);
  return learningRate * (decay === 'linear' ? left : (1 - Math.cos(Math.PI * left)) / 2);
}

/**
 * Trains the engine's policy, which must have the shape of pretrainPolicy(config), up to config.steps.
 * @returns the steps taken in all; fewer than config.steps when the signal was aborted
 * @throws RangeError when the engine's policy has another shape, or a gradient was not finite
 */
export async function pretrain(
  engine: PolicyEngine,
  config: PretrainConfig,
  { from = 0, onProgress, signal }: PretrainOptions = {},
): Promise<number> {
  const shape = pretrainPolicy(config);
  if (JSON.stringify(shape, Object.keys(shape)) !== JSON.stringify(engine.config, Object.keys(shape)))
    throw new RangeError('The engine was made for a policy of another shape than the settings ask for.');
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  if (from === 0) await engine.loadParameters(initialParameters(shape, config.seed, config.initialDeviation));
  for (let step = from; step < config.steps; step++) {
    if (signal?.aborted) return step;
    const rows = Array.from({ length: config.batch }, (_, b) =>
      rowOf(drawTrace(task, config, step * config.batch + b), tokenizer),
    );
    const lossNats = await accumulateCrossEntropy(engine, rows);
    const learningRate = learningRateAt(config, step);
    const { beta2, weightDecay, clipNorm } = config;
    const { gradNorm, applied } = await engine.applyGradient({ learningRate, beta2, weightDecay, clipNorm });
    if (!applied)
      throw new RangeError(`The gradient of step ${step + 1} is not finite; a smaller learning rate may help.`);
    // The CPU engine holds its thread from one promise to the next: without a pause no click or signal is heard.
    await new Promise((resolve) => setTimeout(resolve));
    const tokens = rows.reduce((sum, { ids }) => sum + ids.length, 0);
    onProgress?.({ step: step + 1, steps: config.steps, lossNats, gradNorm, learningRate, tokens });
  }
  return config.steps;
}
