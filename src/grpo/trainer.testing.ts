// A run small enough for tests: a policy of some thousand parameters, and problems that it solves about every other time.

import type { Checkpoint } from '../policy/checkpoint.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { initialParameters } from '../policy/initialise.ts';
import { HEAD, type NamedTensors } from '../policy/parameters.ts';
import { taskTokenizer } from '../policy/taskTokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { type ProblemSource, taskSource } from '../tasks/source.ts';
import { parseRunConfig, type RunConfig, type RunConfigInput } from './runConfig.ts';
import type { StepResult, Trainer } from './stages.ts';
import { createTrainer } from './trainer.ts';

const TASK = taskByName('countdown');
export const TOKENIZER = taskTokenizer(TASK);

export const POLICY: PolicyConfig = {
  layers: 1,
  width: 16,
  heads: 2,
  kvHeads: 1,
  headWidth: 8,
  mlpWidth: 24,
  vocabulary: TOKENIZER.size,
  tied: false,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 64,
};

/** Of which the head is enlarged: entropies then spread, instead of all being near ln V. */
export const PARAMETERS: NamedTensors = new Map(
  [...initialParameters(POLICY, 3)].map(([name, tensor]) => [
    name,
    name === HEAD ? { ...tensor, data: tensor.data.map((x) => 12 * x) } : tensor,
  ]),
);

const isEven = (character: string) => '02468+-'.includes(character);

/** Countdown's prompts; right is a completion whose first two characters are alike in being "even" or not. */
export const SOURCE: ProblemSource = {
  ...taskSource(TASK, 'three-numbers'),
  label: 'testing',
  problem: (part, seed, index) => ({
    ...taskSource(TASK, 'three-numbers').problem(part, seed, index),
    verify: (completion) =>
      isEven(completion[0] ?? '') === isEven(completion[1] ?? '')
        ? { reward: 1, outcome: 'ok' }
        : { reward: 0, outcome: 'wrong answer' },
    roles: (completion) => [...completion].map((_, t) => (['fork', 'knowledge', null] as const)[t % 3]!),
  }),
};

/** 3 groups of 4 rollouts of up to 7 tokens, at T_high 1.6 and T_low .7. */
export function testConfig(input: RunConfigInput = {}): RunConfig {
  return parseRunConfig({
    seed: 5,
    prompts: 3,
    group: 4,
    maxNewTokens: 7,
    sampler: { temperature: { rule: 'binary', high: 1.6, low: 0.7 } },
    optimizer: { learningRate: 1e-2 },
    ...input,
  });
}

export const START: Checkpoint = {
  config: POLICY,
  parameters: PARAMETERS,
  generation: { stopTokens: [...TOKENIZER.encode(TASK.stop)], padToken: null, beginToken: null },
  tokenizer: TOKENIZER,
  trainer: null,
};

export type EngineMaker = (config: PolicyConfig) => Promise<PolicyEngine>;

/** A trainer of the test's run on an engine of its own. */
export async function testTrainer(
  makeEngine: EngineMaker,
  config: RunConfig,
  checkpoint: Checkpoint = START,
  source: ProblemSource = SOURCE,
): Promise<{ readonly trainer: Trainer; readonly engine: PolicyEngine }> {
  const engine = await makeEngine(POLICY);
  const trainer = await createTrainer({
    engine,
    source,
    tokenizer: TOKENIZER,
    config,
    checkpoint,
    base: PARAMETERS,
    createReference: async (parameters) => {
      const reference = await makeEngine(POLICY);
      await reference.loadParameters(parameters);
      return reference;
    },
  });
  return { trainer, engine };
}

export async function steps(trainer: Trainer, count: number): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let i = 0; i < count; i++) results.push(await trainer.runStep());
  return results;
}

/** An engine with some of its calls replaced. */
export function withCalls(engine: PolicyEngine, calls: Partial<PolicyEngine>): PolicyEngine {
  return new Proxy(engine, {
    get: (target, name) => {
      const own: unknown = Reflect.get(calls, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What an engine was asked to do to its weights. */
export interface UpdateLog {
  /** Before each optimiser step. */
  readonly parameters: NamedTensors[];
  readonly gradients: NamedTensors[];
  /** Tokens of each call that scores or accumulates. */
  readonly callTokens: number[];
}

/** Makes engines like `makeEngine`, of which the first writes down its updates. */
export function logged(makeEngine: EngineMaker): { readonly makeEngine: EngineMaker; readonly log: UpdateLog } {
  const log: UpdateLog = { parameters: [], gradients: [], callTokens: [] };
  let isFirst = true;
  return {
    log,
    makeEngine: async (config) => {
      const engine = await makeEngine(config);
      if (!isFirst) return engine;
      isFirst = false;
      return withCalls(engine, {
        score: (batch) => {
          log.callTokens.push(batch.ids.length);
          return engine.score(batch);
        },
        accumulateGradient: (batch, coefficients) => {
          log.callTokens.push(batch.ids.length);
          return engine.accumulateGradient(batch, coefficients);
        },
        applyGradient: async (options) => {
          log.parameters.push(await engine.readParameters());
          log.gradients.push(await engine.readGradient());
          return engine.applyGradient(options);
        },
      });
    },
  };
}

/** All values of all tensors, in their order. */
export function flat(tensors: NamedTensors): Float32Array {
  return Float32Array.from([...tensors.values()].flatMap(({ data }) => [...data]));
}
