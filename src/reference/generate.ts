// Rolling out prompts in float64: all rows step together, because rows of a prompt or of a run share entropy queues.

import type { PolicyConfig } from '../policy/config.ts';
import type { GenerateRequest, Rollout } from '../policy/engine.ts';
import { checkRequest, groupOf } from '../policy/request.ts';
import { forward, type Trace, type Weights } from './decoder.ts';
import { ReferenceSampler, type StepRecord } from './sampler.ts';

export interface Generation {
  readonly rollouts: Rollout[];
  /** The entropy queues after the last step. */
  readonly queues: Float64Array[];
}

/** Rolls out every prompt from the given entropy queues. @throws RequestError for a request that cannot be run. */
export async function generate(
  c: PolicyConfig,
  w: Weights,
  request: GenerateRequest,
  queues: readonly ArrayLike<number>[],
): Promise<Generation> {
  const { prompts, maxNewTokens, signal, forced } = request;
  checkRequest(request, c);
  const group = groupOf(request);
  const sampler = new ReferenceSampler(
    request.sampler,
    { group, seed: request.seed, stream: request.stream ?? 0 },
    queues,
  );
  const stop = new Set(request.stopTokens);
  const records: StepRecord[][] = prompts.map(() => []);
  const live = prompts.map(() => true);
  // The last trace of a row holds the keys and values of all its tokens.
  const traces: Trace[] = prompts.map((prompt) => forward(c, w, prompt));

  for (let step = 0; step < maxNewTokens && live.includes(true); step++) {
    // A turn of the event loop, so that whoever holds the signal can abort.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const logits = traces.map(({ logits }) => logits.subarray(logits.length - c.vocabulary));
    const taken = prompts.map((_, row) => forced?.[row]?.[step] ?? -1);
    for (const record of sampler.step(logits, live, taken)) {
      const { row, token } = record;
      records[row]!.push(record);
      if (stop.has(token) || step === maxNewTokens - 1) live[row] = false;
      else traces[row] = forward(c, w, Int32Array.of(token), traces[row]);
    }
    request.onProgress?.(step + 1);
  }

  const rollouts = records.map((list, row) => ({
    row,
    group: group[row]!,
    promptIds: prompts[row]!.slice(),
    finished: stop.has(list.at(-1)?.token ?? -1),
    ids: Int32Array.from(list, (r) => r.token),
    entropyNats: Float32Array.from(list, (r) => r.entropyNats),
    thresholdNats: Float32Array.from(list, (r) => r.thresholdNats),
    queueLength: Int32Array.from(list, (r) => r.queueLength),
    hot: Uint8Array.from(list, (r) => r.hot),
    tau: Float32Array.from(list, (r) => r.tau),
    logpTau: Float32Array.from(list, (r) => r.logpTau),
    logp1: Float32Array.from(list, (r) => r.logp1),
  }));
  return { rollouts, queues: sampler.readQueues() };
}
