// What an experiment would take on this device, from a measurement: for every size of policy one training step, one
// evaluation of a few prompts and, where its start has to be trained, a few steps of that.

import { checkedSampler, type Experiment, evaluatedSteps, type Point, pointsOf } from '../../experiments/definition.ts';
import { evaluatePolicy } from '../../grpo/evaluation.ts';
import { pretrain } from '../../grpo/pretrain.ts';
import { parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { createTrainer } from '../../grpo/trainer.ts';
import type { Checkpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { initialParameters } from '../../policy/initialise.ts';
import { taskStopToken, taskTokenizer } from '../../policy/taskTokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { EngineHost } from '../engine/host.ts';
import type { EstimateProgress, ExperimentEstimate } from './calls.ts';

/** What is quicker is measured a second time, warm: the first time builds what the GPU runs. */
const QUICK_MS = 4000;
/** Rollouts that an evaluation draws at once, see grpo/evaluation.ts. */
const BATCH_ROLLOUTS = 256;
const START_STEPS = 3;
const PURPOSE = 'experiment estimate';
const REFERENCE = 'experiment estimate reference';

export type EstimateHost = Pick<EngineHost, 'engine' | 'release' | 'base' | 'whileThere'>;

export interface EstimateOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EstimateProgress) => void;
}

/** Seconds of the parts of a cell of one size. */
interface Measured {
  readonly start: number;
  readonly step: number;
  readonly evaluation: number;
}

/** @throws Error, one sentence; DOMException 'AbortError' */
export async function estimateExperiment(
  host: EstimateHost,
  experiment: Experiment,
  { signal, onProgress }: EstimateOptions,
): Promise<ExperimentEstimate> {
  const points = pointsOf(experiment);
  const sizes = new Map<string, Point[]>();
  for (const point of points) {
    const size = JSON.stringify(point.start);
    sizes.set(size, [...(sizes.get(size) ?? []), point]);
  }
  const measured: { readonly of: Measured; readonly points: number }[] = [];
  let engine: PolicyEngine | null = null;
  let reached = 0;
  try {
    for (const alike of sizes.values()) {
      const point = alike.find(({ arm }) => arm === experiment.baseline) ?? alike[0]!;
      const say = (doing: string, done: number) => {
        // What is measured twice does not go back.
        reached = Math.max(reached, (measured.length + done) / sizes.size);
        onProgress({ doing, done: reached });
      };
      const checkpoint = await startingPoint(host, point);
      engine = await host.engine(PURPOSE, checkpoint.config);
      const measuring = measure({ host, engine, experiment, point, checkpoint, signal, say });
      measured.push({ of: await host.whileThere(measuring), points: alike.length });
      signal.throwIfAborted();
    }
    const { backend, adapter } = engine!;
    return { ...total(experiment, measured), backend, adapter };
  } finally {
    host.release(PURPOSE);
    host.release(REFERENCE);
  }
}

function total(
  experiment: Experiment,
  measured: readonly { readonly of: Measured; readonly points: number }[],
): Omit<ExperimentEstimate, 'backend' | 'adapter'> {
  const { steps, seeds, evaluation } = experiment;
  const evaluations = evaluatedSteps(experiment).length * evaluation.samplers.length;
  const count = measured.reduce((sum, { points }) => sum + points, 0);
  const mean = (part: keyof Measured) => measured.reduce((sum, { of, points }) => sum + points * of[part], 0) / count;
  const startSeconds = measured.reduce((sum, { of }) => sum + of.start, 0);
  const cells = count * seeds.length;
  return {
    seconds: startSeconds + cells * (steps * mean('step') + evaluations * mean('evaluation')),
    cells,
    stepSeconds: steps === 0 ? null : mean('step'),
    evaluationSeconds: mean('evaluation'),
    startSeconds,
  };
}

/** The policy of a cell; where that has to be trained, one of its size. */
async function startingPoint(host: EstimateHost, { config, start }: Point): Promise<Checkpoint> {
  if (start === null) return { ...(await host.base(config.task)), trainer: null };
  const settings = parsePretrainConfig(start);
  const shape = pretrainPolicy(settings);
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  return {
    config: shape,
    parameters: initialParameters(shape, settings.seed, settings.initialDeviation),
    generation: { stopTokens: [taskStopToken(task, tokenizer)], padToken: tokenizer.padId, beginToken: null },
    tokenizer,
    trainer: null,
  };
}

interface MeasureParts {
  readonly host: EstimateHost;
  readonly engine: PolicyEngine;
  readonly experiment: Experiment;
  readonly point: Point;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  readonly say: (doing: string, done: number) => void;
}

async function measure(parts: MeasureParts): Promise<Measured> {
  const { experiment, point, say } = parts;
  say('Measuring an evaluation', 0);
  const evaluation = await evaluationSeconds(parts, (done) => say('Measuring an evaluation', done / 3));
  say('Measuring a training step', 1 / 3);
  const step =
    experiment.steps === 0 ? 0 : await stepSeconds(parts, (done) => say('Measuring a training step', (1 + done) / 3));
  say('Measuring the training of a start', 2 / 3);
  const start = point.start === null ? 0 : await startSeconds(parts);
  return { start, step, evaluation };
}

/** One real training step, all its stages. */
async function stepSeconds(
  { host, engine, point: { config }, checkpoint, signal }: MeasureParts,
  onProgress: (done: number) => void,
): Promise<number> {
  const { tokenizer } = checkpoint;
  if (tokenizer === null) throw new Error('This policy has no tokenizer that runs here, so it cannot be trained.');
  // Never destroyed: its engines are the host's.
  const trainer = await createTrainer({
    engine,
    source: taskSource(taskByName(config.task), config.difficulty),
    tokenizer,
    config,
    checkpoint,
    createReference: async (parameters) => {
      const reference = await host.engine(REFERENCE, checkpoint.config);
      await reference.loadParameters(parameters);
      return reference;
    },
  });
  return timed(async () => {
    await trainer.runStep({ signal, onProgress });
  });
}

/** An evaluation with all its prompts, told from one of as many as are drawn at once. */
async function evaluationSeconds(
  { engine, experiment: { evaluation }, point: { config }, checkpoint, signal }: MeasureParts,
  onProgress: (done: number) => void,
): Promise<number> {
  const { tokenizer, parameters } = checkpoint;
  if (tokenizer === null) throw new Error('This policy has no tokenizer that runs here, so it cannot be evaluated.');
  const n = Math.min(evaluation.n, BATCH_ROLLOUTS);
  const prompts = Math.min(evaluation.prompts, Math.max(1, Math.floor(BATCH_ROLLOUTS / n)));
  const { sampler } = evaluation.samplers[0]!;
  await engine.loadParameters(parameters);
  // The sampled rollouts come first, then one greedy rollout a prompt.
  let greedyAt = 0;
  let greedyMs = 0;
  const seconds = await timed(async () => {
    greedyAt = Number.POSITIVE_INFINITY;
    await evaluatePolicy({
      engine,
      tokenizer,
      source: taskSource(taskByName(config.task), config.difficulty),
      sampler: sampler === 'rule' ? config.sampler : checkedSampler(sampler),
      maxNewTokens: config.maxNewTokens,
      n,
      k: [],
      prompts,
      seed: 0,
      signal,
      onProgress: (done) => {
        if (done * (n + 1) >= n - 1e-9) greedyAt = Math.min(greedyAt, performance.now());
        onProgress(done);
      },
    });
    greedyMs = performance.now() - greedyAt;
  });
  const sampled = (evaluation.prompts * evaluation.n) / (prompts * n);
  // A GPU takes about as long for a few rows as for many; a CPU does one after the other.
  const greedy =
    engine.backend === 'cpu' ? evaluation.prompts / prompts : Math.ceil(evaluation.prompts / BATCH_ROLLOUTS);
  return (seconds - greedyMs / 1000) * sampled + (greedyMs / 1000) * greedy;
}

async function startSeconds({ engine, point, signal }: MeasureParts): Promise<number> {
  const config = parsePretrainConfig(point.start);
  const steps = Math.min(config.steps, START_STEPS);
  // Not the config's own count of steps: the learning rate is of no interest here.
  const seconds = await timed(async () => {
    await pretrain(engine, { ...config, steps }, { signal });
    signal.throwIfAborted();
  });
  return (seconds / steps) * config.steps;
}

/** Seconds that some work takes: of the second time, where the first was quick. */
async function timed(work: () => Promise<void>): Promise<number> {
  const once = async () => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const first = await once();
  return (first < QUICK_MS ? await once() : first) / 1000;
}
