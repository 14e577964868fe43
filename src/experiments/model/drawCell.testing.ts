// A language model's session for Node: a small policy with random weights on the float64 engine, or written answers.

import type { LlmGroup, LlmSession, StartRequest } from '../../llm/session.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { Rollout } from '../../policy/engine.ts';
import { initialParameters } from '../../policy/initialise.ts';
import { taskTokenizer } from '../../policy/taskTokenizer.ts';
import { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { ReferenceEngine } from '../../reference/engine.ts';
import { taskByName } from '../../tasks/index.ts';

/** What a group comes to, drawn whole. */
export interface DrawnGroup {
  readonly rollouts: readonly Rollout[];
  readonly queues: readonly Float32Array[];
}
export type DrawGroup = (request: StartRequest) => Promise<DrawnGroup>;

/** Every printable character of ASCII is a token, and '<eos>', a special one. */
export const WRITTEN = new CharacterTokenizer(
  ['<eos>', ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))],
  ['<eos>'],
);
export const COUNTDOWN = taskTokenizer(taskByName('countdown'));

const config: PolicyConfig = {
  layers: 1,
  width: 16,
  heads: 2,
  kvHeads: 2,
  headWidth: 8,
  mlpWidth: 32,
  vocabulary: COUNTDOWN.size,
  tied: false,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 256,
};

/** A Countdown policy of random weights, spread out so that entropies differ. */
export async function randomPolicy(): Promise<ReferenceEngine> {
  const engine = new ReferenceEngine(config);
  await engine.loadParameters(
    new Map(
      [...initialParameters(config, 35)].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((x) => (shape.length === 2 ? 15 * x : x)) },
      ]),
    ),
  );
  return engine;
}

/** Draws by a policy. A session's group always begins with the queues that it is given. */
export const drawnBy =
  (engine: ReferenceEngine): DrawGroup =>
  async ({ promptIds, rollouts, maxNewTokens, sampler, seed, stream, stopTokens = [], queuesBefore = [] }) => {
    await engine.loadQueues(queuesBefore);
    const drawn = await engine.generate({
      prompts: new Array<Int32Array>(rollouts).fill(promptIds),
      group: new Int32Array(rollouts),
      maxNewTokens,
      stopTokens,
      sampler: { ...sampler, queue: { ...sampler.queue, keep: true } },
      seed,
      ...(stream !== undefined && { stream }),
    });
    return { rollouts: drawn, queues: await engine.readQueues() };
  };

/** A rollout of these tokens; its numbers follow from the places. */
export function writtenRollout(
  ids: Int32Array,
  { row = 0, finished = true, promptIds = Int32Array.of(1) }: Partial<Rollout> = {},
): Rollout {
  const floats = (of: (t: number) => number) => Float32Array.from(ids, (_, t) => of(t));
  return {
    row,
    group: 0,
    promptIds,
    finished,
    ids,
    entropyNats: floats((t) => 0.25 * (t % 5)),
    thresholdNats: floats(() => 0.5),
    queueLength: Int32Array.from(ids, (_, t) => t),
    hot: Uint8Array.from(ids, (_, t) => (t % 5 > 2 ? 1 : 0)),
    tau: floats(() => 1),
    logpTau: floats((t) => -0.1 * (t % 3)),
    logp1: floats((t) => -0.1 * (t % 3)),
  };
}

/** Answers as they are written, in turn; one that ends with a stop token, or is '', is finished. */
export function answering(tokenizer: CharacterTokenizer, answers: readonly string[]): DrawGroup {
  let next = 0;
  return async ({ promptIds, rollouts, stopTokens = [] }) => ({
    rollouts: Array.from({ length: rollouts }, (_, row) => {
      const ids = tokenizer.encode(answers[next++ % answers.length]!);
      return writtenRollout(ids, { row, promptIds, finished: stopTokens.includes(ids.at(-1)!) });
    }),
    queues: [],
  });
}

export interface TestSession extends LlmSession {
  /** Everything that was asked of start(). */
  readonly asked: StartRequest[];
  /** Groups that hold memory now. */
  readonly open: () => number;
}

/** A session whose groups are drawn whole and then shown a token at a time. */
export function testSession(
  draw: DrawGroup,
  tokenizer: CharacterTokenizer,
  stopTokens: readonly number[] = [],
): TestSession {
  const asked: StartRequest[] = [];
  let open = 0;
  const never = (what: string) => async (): Promise<never> => {
    throw new Error(`A cell does not need ${what}.`);
  };
  const start = async (request: StartRequest): Promise<LlmGroup> => {
    request.signal?.throwIfAborted();
    asked.push(request);
    const drawn = await draw(request);
    const longest = drawn.rollouts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    let steps = 0;
    let isDisposed = false;
    open += 1;
    const { promptIds, sampler, seed, stream = 0, maxNewTokens } = request;
    return {
      promptIds,
      sampler,
      seed,
      stream,
      maxNewTokens,
      get steps() {
        return steps;
      },
      get isDone() {
        return steps >= longest;
      },
      get rollouts() {
        if (steps < longest) throw new Error('The group is not played to its end.');
        return drawn.rollouts;
      },
      play: async (count, { signal, onStep } = {}) => {
        for (let i = 0; i < count && steps < longest; i++) {
          signal?.throwIfAborted();
          steps += 1;
          onStep?.();
        }
      },
      step: never('step()'),
      back: never('back()'),
      setSampler: never('setSampler()'),
      branch: never('branch()'),
      alternatives: never('alternatives()'),
      queues: () => drawn.queues,
      dispose: () => {
        if (!isDisposed) open -= 1;
        isDisposed = true;
      },
    };
  };
  return {
    name: 'a test',
    dtype: 'fp32',
    device: 'wasm',
    adapter: 'float64 TypeScript',
    description: {
      name: 'a test',
      modelType: 'qwen2',
      layers: config.layers,
      kvHeads: config.kvHeads,
      headWidth: config.headWidth,
      vocabulary: tokenizer.size,
      maxPositions: config.maxPositions,
      dtypes: [],
      otherBytes: 0,
    },
    stopTokens,
    hasChatTemplate: false,
    encode: (prompt) => tokenizer.encode('text' in prompt ? prompt.text : prompt.user),
    decode: (ids, special) => tokenizer.decode(Array.from(ids), special),
    pieces: (ids) => Array.from(ids, (id) => tokenizer.tokens[id]!),
    start,
    lost: new Promise(() => {}),
    destroy: async () => {},
    asked,
    open: () => open,
  };
}
