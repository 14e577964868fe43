// The Real model room without a browser: its worker's calls are answered by the CPU engine, which draws the same tokens
// from the same noise as a language model's session does.

import { createCpuEngine } from '../../cpu/engine.ts';
import type { ModelCell } from '../../experiments/model/definition.ts';
import { COUNTDOWN, drawnBy, randomPolicy, testSession } from '../../experiments/model/drawCell.testing.ts';
import { drawModelCell } from '../../experiments/model/drawCell.ts';
import type { Judge } from '../../llm/problems/problem.ts';
import type { PolicyEngine, Rollout } from '../../policy/engine.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { Service } from '../call.ts';
import { LabClient } from '../client.ts';
import type { Calls, FromWorker, News, ToWorker } from '../protocol.ts';
import { serve } from '../serve.ts';
import { policyResolver } from '../step/policy.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import type { GroupView, RealCalls, StartInput } from './calls.ts';
import { policyFilesService } from './policyFiles.ts';

export const TASK = 'countdown';
export const checkpoint = drawnCheckpoint(TASK);

function clientOf(services: Partial<Service<Calls>>) {
  let hear: (message: ToWorker) => void = () => {};
  const client: LabClient = new LabClient({ send: (message) => hear(message), close: () => {} });
  hear = serve(services, (message: FromWorker) => client.receive(message));
  return client;
}

/** The engine's worker, as far as it knows policies. @param more what else it knows */
export const engineClient = (more: Partial<Service<Calls>> = {}) =>
  clientOf({ ...policyFilesService(policyResolver(async () => checkpoint)), ...more });

interface Drawn {
  readonly start: StartInput;
  readonly whole: readonly Rollout[];
  readonly sampler: SamplerConfig;
  readonly stream: number;
  readonly steps: number;
}

/** Of its own small policy, another than that of the other calls. */
export const cellSession = async () => testSession(drawnBy(await randomPolicy()), COUNTDOWN);
export const noMath: Judge = () => {
  throw new Error('No test asks it mathematics.');
};

/** A worker with a model, and how it loses its GPU. @param beforeCell may hold a cell up, or fail it */
export function modelWorker(
  beforeCell: (cell: ModelCell, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
) {
  const { config, parameters } = checkpoint;
  const tokenizer = checkpoint.tokenizer!;
  let engine: PolicyEngine | null = null;
  const groups = new Map<number, Drawn>();
  let ids = 0;
  const promptOf = (prompt: StartInput['prompt']) => tokenizer.encode('text' in prompt ? prompt.text : prompt.user);
  const draw = async (
    start: StartInput,
    sampler: SamplerConfig,
    stream: number,
    forced: readonly Int32Array[],
  ): Promise<readonly Rollout[]> => {
    if (engine === null) {
      engine = await createCpuEngine(config);
      await engine.loadParameters(parameters);
    }
    if (sampler.queue.keep) await engine.loadQueues(start.queuesBefore);
    return engine.generate({
      prompts: new Array<Int32Array>(start.rollouts).fill(promptOf(start.prompt)),
      group: new Int32Array(start.rollouts),
      maxNewTokens: start.maxNewTokens,
      stopTokens: start.stopText === null ? [] : [tokenizer.encode(start.stopText).at(-1)!],
      sampler,
      seed: start.seed,
      stream,
      forced,
    });
  };
  const cut = (rollout: Rollout, steps: number): Rollout => ({
    ...rollout,
    ids: rollout.ids.slice(0, steps),
    finished: rollout.finished && rollout.ids.length <= steps,
    entropyNats: rollout.entropyNats.slice(0, steps),
    thresholdNats: rollout.thresholdNats.slice(0, steps),
    queueLength: rollout.queueLength.slice(0, steps),
    hot: rollout.hot.slice(0, steps),
    tau: rollout.tau.slice(0, steps),
    logpTau: rollout.logpTau.slice(0, steps),
    logp1: rollout.logp1.slice(0, steps),
  });
  const longest = ({ whole }: Drawn) => whole.reduce((most, { ids: list }) => Math.max(most, list.length), 0);
  const view = (id: number): GroupView => {
    const drawn = groups.get(id)!;
    const rollouts = drawn.whole.map((rollout) => cut(rollout, drawn.steps));
    const promptIds = promptOf(drawn.start.prompt);
    return {
      id,
      promptIds,
      promptText: tokenizer.decode(promptIds),
      rollouts,
      texts: rollouts.map((rollout) => tokenizer.decode(rollout.ids)),
      pieces: tokenizer.tokens.map((text, token) => [token, text] as const),
      steps: drawn.steps,
      isDone: drawn.steps >= longest(drawn),
      queues: [],
    };
  };
  const keep = (drawn: Drawn) => {
    ids += 1;
    groups.set(ids, drawn);
    return ids;
  };

  const services: Service<RealCalls> = {
    'real/load': async ({ source, dtype, device }) => ({
      name: source.from === 'files' ? source.name : source.repository,
      dtype,
      device,
      adapter: 'a test',
      description: {
        name: 'test',
        modelType: 'qwen2',
        layers: config.layers,
        kvHeads: config.kvHeads,
        headWidth: config.headWidth,
        vocabulary: config.vocabulary,
        maxPositions: config.maxPositions,
        dtypes: [],
        otherBytes: 0,
      },
      stopTokens: [],
      hasChatTemplate: false,
    }),
    'real/start': async (start) => {
      if (start.rollouts > 8) throw new Error('There is not enough memory for this model.');
      const whole = await draw(
        start,
        start.sampler,
        start.stream,
        new Array<Int32Array>(start.rollouts).fill(new Int32Array()),
      );
      return view(keep({ start, whole, sampler: start.sampler, stream: start.stream, steps: 1 }));
    },
    'real/play': async ({ group, sampler, count }) => {
      const before = groups.get(group)!;
      const forced = before.whole.map((rollout) => rollout.ids.slice(0, before.steps));
      const whole = await draw(before.start, sampler, before.stream, forced);
      const after = { ...before, whole, sampler };
      groups.set(group, { ...after, steps: Math.min(longest(after), before.steps + count) });
      return view(group);
    },
    'real/back': async ({ group, steps }) => {
      groups.set(group, { ...groups.get(group)!, steps });
      return view(group);
    },
    'real/branch': async ({ group, row, index, token, stream, sampler, steps }) => {
      const from = groups.get(group)!;
      const forced = from.whole.map((rollout, r) =>
        r === row ? Int32Array.from([...rollout.ids.subarray(0, index), token]) : rollout.ids.slice(0, steps),
      );
      const whole = await draw(from.start, sampler, stream, forced);
      return view(keep({ ...from, whole, sampler, stream, steps }));
    },
    'real/alternatives': async () => ({
      ids: Int32Array.of(0, 1),
      logp1: Float32Array.of(-0.5, -1),
      columns: [],
      entropyNats: 0.5,
      pieces: [],
    }),
    'real/cell': async ({ experiment, cell, queuesBefore }, { signal, progress }) => {
      await beforeCell(cell, signal);
      const onStep = (steps: number, mostSteps: number) => progress({ steps, mostSteps });
      return drawModelCell(await cellSession(), experiment, cell, { queuesBefore, judge: noMath, signal, onStep });
    },
    'real/drop': async ({ group }) => {
      groups.delete(group);
      return null;
    },
    'real/judge': async () => [],
  };
  const client = clientOf(services);
  return {
    client,
    groups,
    lose: (sentence: News['real/lost']) => client.receive({ news: 'real/lost', body: sentence }),
  };
}
