// A run of GRPO: three stages a step, each of which may be the last before a save.
//
//   collect.ts   problems -> rollouts -> rewards
//   score.ts     advantages, old log-probs, the audit
//   update.ts    the objective's gradient, AdamW
//
// A run is a pure function of its config, the weights it starts from, the code and the machine. What it must remember is
// one value (state), replaced only when a stage has succeeded: a stage that fails or is aborted has not happened.

import type { Checkpoint } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import type { NamedTensors } from '../policy/parameters.ts';
import { taskStopToken } from '../policy/taskTokenizer.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import { weightsChecksum } from '../policy/trainerState.ts';
import type { ProblemSource } from '../tasks/source.ts';
import { collect } from './collect.ts';
import { changedConfig } from './liveChange.ts';
import { needsReference } from './lossConfig.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import { scheduledTemperatures } from './ruleTemperature.ts';
import { type RunConfig, RunConfigError } from './runConfig.ts';
import { ResumeError, readSavedRun, type SavedRun, withAnnotations, writeSavedRun } from './savedRun.ts';
import { score } from './score.ts';
import type {
  Annotation,
  LiveChange,
  MetricsRow,
  Stage,
  StageOptions,
  StageResult,
  StepResult,
  Trainer,
} from './stages.ts';
import { update } from './update.ts';

export interface TrainerParts {
  /** Of the checkpoint's shape; its parameters, moments and queues are replaced. */
  readonly engine: PolicyEngine;
  readonly source: ProblemSource;
  readonly tokenizer: CharacterTokenizer;
  readonly config: RunConfig;
  /** Without trainer state: the start of a run from these weights. With it: a save of this run, to go on from. */
  readonly checkpoint: Checkpoint;
  /** The weights that the run started from, if the caller knows: a save of a run that started from others is refused. */
  readonly base?: NamedTensors;
  /**
   * Makes the reference policy's engine, with these parameters loaded; called at most once, if the objective needs it.
   * The trainer destroys it in the end, and on WebGPU its device with it: it must not share the engine's.
   */
  readonly createReference: (parameters: NamedTensors) => Promise<PolicyEngine>;
}

/**
 * A trainer at the start of a run, or where a save of it was made.
 * @throws RunConfigError when task, tokenizer, policy and config do not fit each other
 * @throws ResumeError when the checkpoint is no save of this run
 */
export async function createTrainer(parts: TrainerParts): Promise<Trainer> {
  const { engine, source, config, checkpoint, base, createReference } = parts;
  checkFit(parts);
  const saved = checkpoint.trainer === null ? null : readSavedRun(checkpoint.trainer.extra, config, source.label);
  const baseCrc32 = saved?.baseCrc32 ?? weightsChecksum(engine.config, checkpoint.parameters);
  if (base !== undefined && weightsChecksum(engine.config, base) !== baseCrc32)
    throw new ResumeError('The base policy given is not the one that this run started from.');
  await engine.loadParameters(checkpoint.parameters);
  if (checkpoint.trainer === null) await engine.resetQueues();
  else {
    await engine.loadOptimizer(checkpoint.trainer.optimizer);
    await engine.loadQueues(checkpoint.trainer.queues);
  }
  const state = saved ?? freshRun(config, source, baseCrc32);
  if (!needsReference(config.loss)) return new GrpoTrainer(parts, null, state);
  const parameters = checkpoint.trainer === null ? checkpoint.parameters : checkpoint.trainer.reference;
  if (parameters === undefined || weightsChecksum(engine.config, parameters) !== state.baseCrc32)
    throw new ResumeError('The checkpoint lacks the reference policy that this run started from.');
  return new GrpoTrainer(parts, { engine: await createReference(parameters), parameters }, state);
}

function freshRun(config: RunConfig, { label }: ProblemSource, baseCrc32: string): SavedRun {
  return {
    config,
    source: label,
    baseCrc32,
    annotations: [],
    step: 0,
    next: 'collect',
    counters: { groups: 0, generationBatches: 0, tokens: 0 },
    memory: null,
    collected: null,
    scored: null,
  };
}

function checkFit({ engine, source, tokenizer, config }: TrainerParts): void {
  const { vocabulary } = engine.config;
  if (source.task.name !== config.task)
    throw new RunConfigError(`The config is of the task ${config.task}, but the problems are of ${source.task.name}.`);
  if (tokenizer.size > vocabulary)
    throw new RunConfigError(`The tokenizer has ${tokenizer.size} tokens, but the policy only ${vocabulary}.`);
  const known = new Set(tokenizer.alphabet);
  const missing = [...source.task.alphabet].find((character) => !known.has(character));
  if (missing !== undefined)
    throw new RunConfigError(
      `The policy's tokenizer lacks the character ${JSON.stringify(missing)}, which ${source.task.title} needs.`,
    );
}

/** The policy that the run started from, where the objective holds the trained one to it. */
interface Reference {
  readonly engine: PolicyEngine;
  readonly parameters: NamedTensors;
}

class GrpoTrainer implements Trainer {
  readonly #parts: TrainerParts;
  readonly #reference: Reference | null;
  readonly #stopToken: number;
  #state: SavedRun;
  /** With live changes applied. */
  #config: RunConfig;
  #isBusy = false;

  constructor(parts: TrainerParts, reference: Reference | null, state: SavedRun) {
    this.#parts = parts;
    this.#reference = reference;
    this.#stopToken = taskStopToken(parts.source.task, parts.tokenizer);
    this.#state = state;
    this.#config = withAnnotations(state.config, state.annotations);
  }

  get config(): RunConfig {
    return this.#config;
  }

  get annotations(): readonly Annotation[] {
    return this.#state.annotations;
  }

  get step(): number {
    return this.#state.step;
  }

  get next(): Stage {
    return this.#state.next;
  }

  get rollouts(): readonly RolloutRecord[] {
    return (this.#state.scored ?? this.#state.collected)?.rollouts ?? [];
  }

  async runStage(options: StageOptions = {}): Promise<StageResult> {
    return this.#alone(async () => {
      const stage = this.#state.next;
      const began = performance.now();
      const elapsed = () => performance.now() - began;
      options.signal?.throwIfAborted();
      let finished: StepResult | null = null;
      if (stage === 'collect') await this.#collect(options, elapsed);
      else if (stage === 'score') await this.#score(options, elapsed);
      else finished = await this.#update(options, elapsed);
      return { stage, milliseconds: elapsed(), finished };
    });
  }

  async runStep(options: StageOptions = {}): Promise<StepResult> {
    for (;;) {
      const { finished } = await this.runStage(options);
      if (finished !== null) return finished;
    }
  }

  change(change: LiveChange): Annotation {
    this.#checkIdle();
    const config = changedConfig(this.#config, change);
    const annotation = { ...change, step: this.#state.step, stage: this.#state.next };
    this.#config = config;
    this.#state = { ...this.#state, annotations: [...this.#state.annotations, annotation] };
    return annotation;
  }

  save(): Promise<Checkpoint> {
    return this.#alone(async () => {
      const { engine, checkpoint, tokenizer } = this.#parts;
      const { config, counters } = this.#state;
      return {
        config: engine.config,
        parameters: await engine.readParameters(),
        generation: checkpoint.generation,
        tokenizer,
        trainer: {
          optimizer: await engine.readOptimizer(),
          noise: { seed: config.seed, stream: counters.generationBatches },
          queues: config.sampler.queue.keep ? await engine.readQueues() : [],
          ...(this.#reference !== null && { reference: this.#reference.parameters }),
          extra: writeSavedRun(this.#state),
        },
      };
    });
  }

  destroy(): void {
    this.#reference?.engine.destroy();
  }

  async #collect(options: StageOptions, elapsed: () => number): Promise<void> {
    const { engine, source, tokenizer } = this.#parts;
    const { step, counters, memory } = this.#state;
    const { collected, counters: after } = await collect(
      {
        engine,
        source,
        tokenizer,
        stopToken: this.#stopToken,
        config: this.#config,
        step,
        counters,
        temperatures: scheduledTemperatures(this.#config, step, memory, engine.config.vocabulary),
      },
      options,
    );
    this.#state = {
      ...this.#state,
      next: 'score',
      counters: after,
      collected: { ...collected, milliseconds: elapsed() },
    };
  }

  async #score(options: StageOptions, elapsed: () => number): Promise<void> {
    const scored = await score(
      {
        engine: this.#parts.engine,
        reference: this.#reference?.engine ?? null,
        config: this.#config,
        collected: this.#state.collected!,
      },
      options,
    );
    this.#state = { ...this.#state, next: 'update', scored: { ...scored, milliseconds: elapsed() } };
  }

  async #update(options: StageOptions, elapsed: () => number): Promise<StepResult> {
    const { step, collected, scored } = this.#state;
    const { rollouts, metrics } = await update(
      { engine: this.#parts.engine, config: this.#config, step, scored: scored! },
      options,
    );
    const seconds = [collected!.milliseconds, scored!.milliseconds, elapsed()].map(
      (milliseconds) => milliseconds / 1000,
    );
    const row: MetricsRow = {
      step,
      ...collected!.metrics,
      ...scored!.metrics,
      ...metrics,
      step_time: seconds.reduce((sum, x) => sum + x, 0),
      'time/collect': seconds[0]!,
      'time/score': seconds[1]!,
      'time/update': seconds[2]!,
    };
    this.#state = {
      ...this.#state,
      step: step + 1,
      next: 'collect',
      memory: { temperatures: collected!.temperatures, entropyNats: collected!.metrics['entropy']! },
      collected: null,
      scored: null,
    };
    return { metrics: row, rollouts };
  }

  #checkIdle(): void {
    if (this.#isBusy) throw new Error('The trainer is in the middle of a stage; wait for its end.');
  }

  /** Runs `work` while nothing else does. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    this.#checkIdle();
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}
