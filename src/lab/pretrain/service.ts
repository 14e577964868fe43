// Makes base policies on an engine of its own, so that the rooms go on meanwhile.

import { BASE_FILE, BASE_VERSION, baseFigures, CARD_FILE, sha256Hex, writeBaseRecord } from '../../grpo/baseRecord.ts';
import { CODE_VERSION } from '../../grpo/codeVersion.ts';
import { type Evaluation, evaluatePolicy } from '../../grpo/evaluation.ts';
import { modelCard } from '../../grpo/modelCard.ts';
import { pretrain } from '../../grpo/pretrain.ts';
import { type PretrainConfig, parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { WEIGHTS_FILE, writeCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { type NamedTensors, parameterCount } from '../../policy/parameters.ts';
import { taskStopToken, taskTokenizer } from '../../policy/taskTokenizer.ts';
import { Turns } from '../../policy/turns.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import type { Service } from '../call.ts';
import type { NewPolicy, PolicyLibrary } from '../storage/policyLibrary.ts';
import type { BaseMeasurement, PretrainCalls } from './calls.ts';
import { type Learned, type LearnHost, learn } from './learn.ts';
import { Pace } from './pace.ts';
import { originOf } from './words.ts';

const NEWS_MS = 250;
/** Long enough that a tuned GPU has found its stride, short enough to wait for. */
const RATE_MS = 2000;
const RATE_STEPS = 40;
/** The first steps compile and allocate. */
const WARM_UP_STEPS = 2;
/** A short evaluation: it says whether the base is worth training, not more. */
const MEASURED = { n: 16, k: [1, 16], prompts: 64, seed: 0 } as const;

export interface PretrainParts {
  readonly host: LearnHost;
  readonly policies: Pick<PolicyLibrary, 'add'>;
}

/** What was learned last, in the engine. */
interface Held extends Learned {
  readonly config: PretrainConfig;
}

export function pretrainService({ host, policies }: PretrainParts): Service<PretrainCalls> {
  let held: Held | null = null;
  const turns = new Turns();
  /** Runs `work` after all that was asked before; no browser puts the tab to sleep meanwhile. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(() => navigator.locks.request('pretraining', { mode: 'shared' }, work));
  const engineFor = (config: PretrainConfig) => host.engine('pretrain', pretrainPolicy(config));

  return {
    'pretrain/rate': ({ config: input }, { signal }) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const config = { ...parsePretrainConfig(input), steps: RATE_STEPS };
        held = null;
        const pace = new Pace(WARM_UP_STEPS);
        const enough = new AbortController();
        const taken = pretrain(await engineFor(config), config, {
          signal: AbortSignal.any([signal, enough.signal]),
          onProgress: ({ tokens }) => {
            pace.took(performance.now(), tokens);
            if (pace.measuredMs >= RATE_MS && pace.rate !== null) enough.abort();
          },
        });
        await host.whileThere(taken);
        signal.throwIfAborted();
        return pace.rate!;
      }),
    'pretrain/learn': ({ config: input, goesOn }, { signal, progress }) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const config = parsePretrainConfig(input);
        const from = goesOn ? heldFor(held, config, await engineFor(config)) : null;
        held = null;
        const pace = new Pace(from === null ? WARM_UP_STEPS : 0);
        let lossNats: number[] = [];
        let lastStep = from?.stepsTaken ?? 0;
        let toldAt = performance.now();
        const learned = await learn(host, config, {
          from,
          signal,
          onProgress: (taken) => {
            const now = performance.now();
            pace.took(now, taken.tokens);
            // After a lost GPU some steps come again.
            if (taken.step !== lastStep + 1) lossNats = [];
            lastStep = taken.step;
            lossNats.push(taken.lossNats);
            if (now - toldAt < NEWS_MS && taken.step < config.steps && !signal.aborted) return;
            progress({ step: taken.step, lossNats, rate: pace.rate });
            lossNats = [];
            toldAt = now;
          },
        });
        held = { config, ...learned };
        return { stepsTaken: learned.stepsTaken };
      }),
    'pretrain/keep': ({ name }, { signal, progress }) =>
      inTurn(async () => {
        if (held === null || held.stepsTaken === 0) throw new Error('Nothing was learned yet that could be kept.');
        // Read before it is measured: the weights matter more than the figures.
        const parameters = await host.whileThere(held.engine.readParameters());
        let evaluation: Evaluation | null = null;
        let note: string | null = null;
        try {
          evaluation = await host.whileThere(measured(held, signal, progress));
        } catch (cause) {
          if (!signal.aborted) note = cause instanceof Error ? cause.message : String(cause);
        }
        const policy = await policies.add(await newPolicy(held, parameters, evaluation, name));
        return { policy, measurement: evaluation === null ? null : measurementOf(evaluation), note };
      }),
  };
}

/** @throws Error when what is held is of another config or engine */
function heldFor(held: Held | null, config: PretrainConfig, engine: PolicyEngine): Learned {
  if (held === null || held.engine !== engine || JSON.stringify(held.config) !== JSON.stringify(config))
    throw new Error('What was learned is not there any more: begin again.');
  return held;
}

function measured(
  { config, engine }: Held,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Evaluation> {
  const task = taskByName(config.task);
  return evaluatePolicy({
    engine,
    tokenizer: taskTokenizer(task),
    source: taskSource(task, config.difficulty),
    sampler: parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 } }, 'evaluation'),
    ...MEASURED,
    signal,
    onProgress,
  });
}

async function newPolicy(
  { config, engine, stepsTaken }: Held,
  parameters: NamedTensors,
  evaluation: Evaluation | null,
  name: string | null,
): Promise<NewPolicy> {
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  const files = writeCheckpoint({
    config: engine.config,
    parameters,
    generation: { stopTokens: [taskStopToken(task, tokenizer)], padToken: tokenizer.padId, beginToken: null },
    tokenizer,
    trainer: null,
  });
  const record = {
    version: BASE_VERSION,
    config,
    stepsTaken,
    parameters: parameterCount(engine.config),
    engine: { version: CODE_VERSION, backend: engine.backend, adapter: engine.adapter },
    weightsSha256: await sha256Hex(new Uint8Array(files.get(WEIGHTS_FILE)!)),
    figures: evaluation === null ? [] : [baseFigures(evaluation, 1)],
  } as const;
  files.set(BASE_FILE, writeBaseRecord(record));
  files.set(CARD_FILE, new TextEncoder().encode(modelCard(record)));
  const measurement = evaluation === null ? null : measurementOf(evaluation);
  return {
    name: name ?? `${task.title}, ${stepsTaken} steps, seed ${config.seed}`,
    task: task.name,
    origin: originOf(config, stepsTaken, measurement),
    files,
  };
}

function measurementOf(evaluation: Evaluation): BaseMeasurement {
  const { n, prompts, pass, greedy, knowledgeRight, entropyNats } = evaluation;
  return { n, prompts, pass1: pass[1]!, pass16: pass[16]!, greedy, knowledgeRight, entropyNats };
}
