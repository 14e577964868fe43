// The worker's side of the Step room: a policy is loaded once and asked often.

import type { PolicyEngine } from '../../policy/engine.ts';
import { parameterCount } from '../../policy/parameters.ts';
import type { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { Turns } from '../../policy/turns.ts';
import type { TruncationRule } from '../../temperature/schema.ts';
import type { Service } from '../call.ts';
import type { EngineHost } from '../engine/host.ts';
import type { Rolled, RollInput, StepCalls, TokenNumbers } from './calls.ts';
import { asksReference, type ScoreInput, scoreGroup } from './groupScore.ts';
import type { PolicyResolver, ResolvedPolicy, StepPolicyRef } from './policy.ts';

interface Policy extends Pick<ResolvedPolicy['checkpoint'], 'config' | 'parameters'> {
  readonly tokenizer: CharacterTokenizer;
  readonly version: string;
}

interface Loaded {
  readonly engine: PolicyEngine;
  readonly policy: Policy;
}

export function stepService(
  host: Pick<EngineHost, 'engine' | 'whileThere'>,
  resolve: PolicyResolver,
): Service<StepCalls> {
  // What the engine holds is known only as long as calls do not run side by side.
  const turns = new Turns();
  let held: { readonly engine: PolicyEngine; readonly version: string } | null = null;

  const find = async (ref: StepPolicyRef, isFresh = false): Promise<Policy> => {
    const { checkpoint, version } = await resolve(ref, isFresh);
    const { config, parameters, tokenizer, tokenizerNote } = checkpoint;
    if (tokenizer === null) throw new Error(tokenizerNote ?? 'This policy has no tokenizer, so it reads no prompts.');
    return { config, parameters, tokenizer, version };
  };
  const load = async (ref: StepPolicyRef, isFresh: boolean): Promise<Loaded> => {
    const policy = await find(ref, isFresh);
    const engine = await host.engine('step', policy.config);
    if (held?.engine !== engine || held.version !== policy.version) {
      held = null;
      await engine.loadParameters(policy.parameters);
      held = { engine, version: policy.version };
    }
    return { engine, policy };
  };
  /** The base of the task, which is what training is held to. */
  const loadReference = async (
    { config, policy: ref }: ScoreInput & { readonly policy: StepPolicyRef },
    policy: Policy,
  ): Promise<PolicyEngine> => {
    const base = { kind: 'base', task: config.task } as const;
    const found = ref.kind === 'base' && ref.task === config.task ? policy : await find(base);
    const reference = await host.engine('step reference', found.config);
    await reference.loadParameters(found.parameters);
    return reference;
  };
  const withPolicy = <T>(ref: StepPolicyRef, use: (loaded: Loaded) => Promise<T>, isFresh = false): Promise<T> =>
    turns.take(() => host.whileThere(load(ref, isFresh).then(use)));

  return {
    'step/open': ({ policy: ref }) =>
      withPolicy(
        ref,
        async ({ policy: { tokenizer, config, version } }) => ({
          tokens: tokenizer.tokens,
          special: [...tokenizer.special],
          config,
          parameters: parameterCount(config),
          version,
        }),
        true,
      ),
    'step/roll': (input, { signal }) => withPolicy(input.policy, (loaded) => roll(loaded, input, signal)),
    'step/distribution': ({ policy: ref, ids }) =>
      withPolicy(ref, async ({ engine, policy }) => ({
        logp1: await nextTokenLogp1(engine, ids),
        version: policy.version,
      })),
    'step/score': (input, { signal }) =>
      withPolicy(input.policy, async ({ engine, policy }) => {
        const reference = asksReference(input) ? await loadReference(input, policy) : null;
        try {
          return await scoreGroup(engine, reference, input, signal);
        } finally {
          // Updates changed its weights, and nobody else may see that.
          held = null;
        }
      }),
    'step/oracle': async ({ policy, ids, tau, truncation }) => {
      const found = await find(policy);
      return recompute(found, ids, tau, truncation);
    },
  };
}

async function roll(
  { engine, policy }: Loaded,
  { promptIds, rollouts, maxNewTokens, stop, sampler, seed, stream, forced, queuesBefore }: RollInput,
  signal: AbortSignal,
): Promise<Rolled> {
  const { keep } = sampler.queue;
  if (keep) await engine.loadQueues(queuesBefore);
  const drawn = await engine.generate({
    prompts: new Array<Int32Array>(rollouts).fill(promptIds),
    group: new Int32Array(rollouts),
    maxNewTokens,
    stopTokens: [policy.tokenizer.encode(stop).at(-1)!],
    sampler,
    seed,
    stream,
    forced,
    signal,
  });
  return { rollouts: drawn, queuesAfter: keep ? await engine.readQueues() : [], version: policy.version };
}

/**
 * log softmax(z) of the token after `ids`, by token id. The engine scores given tokens, so every token of the
 * vocabulary is tried: V rows that share the prefix. Meant for small vocabularies.
 */
async function nextTokenLogp1(engine: PolicyEngine, ids: Int32Array): Promise<Float32Array> {
  const length = ids.length + 1;
  const rows = engine.config.vocabulary;
  const { logp1 } = await engine.score({
    ids: Int32Array.from({ length: rows * length }, (_, i) => ids[i % length] ?? Math.floor(i / length)),
    rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * length),
    tau: new Float32Array(rows * length).fill(1),
  });
  return Float32Array.from({ length: rows }, (_, row) => logp1[row * length + ids.length]!);
}

async function recompute(
  { config, parameters }: Policy,
  ids: Int32Array,
  tau: number,
  truncation: TruncationRule,
): Promise<TokenNumbers> {
  const [{ forward, weightsFromTensors }, { logProbability, softmaxEntropyNats, UNTEMPERED }, { truncationCut }] =
    await Promise.all([
      import('../../reference/decoder.ts'),
      import('../../reference/distribution.ts'),
      import('../../reference/truncation.ts'),
    ]);
  const { logits } = forward(config, weightsFromTensors(config, parameters), ids.slice(0, -1));
  const z = logits.subarray(logits.length - config.vocabulary);
  const token = ids.at(-1)!;
  return {
    entropyNats: softmaxEntropyNats(z),
    logp1: logProbability(z, UNTEMPERED, token),
    logpTau: tau === 0 ? 0 : logProbability(z, { tau, cut: truncationCut(truncation, z, tau).cut }, token),
  };
}
