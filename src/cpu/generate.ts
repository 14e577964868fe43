// Rolling out prompts: all rows step together, because rows of a prompt or of a run share entropy queues.

import type { PolicyConfig } from '../policy/config.ts';
import type { GenerateRequest, Rollout } from '../policy/engine.ts';
import { checkRequest, groupOf } from '../policy/request.ts';
import { CpuSampler, type SamplerStep } from '../temperature/cpuSampler.ts';
import { type Decoder, MOST_TOKENS } from './decoder.ts';
import { KvCache } from './kvCache.ts';

/** Between two turns of the event loop, which let an abort and other messages in. */
const TURN_MS = 50;

export interface Generation {
  readonly rollouts: Rollout[];
  /** The entropy queues after the last step. */
  readonly queues: Float32Array[];
}

/** Rolls out every prompt from the given entropy queues. @throws RequestError for a request that cannot be run */
export async function generate(
  config: PolicyConfig,
  decoder: Decoder,
  request: GenerateRequest,
  queues: readonly Float32Array[],
): Promise<Generation> {
  checkRequest(request, config);
  const { prompts, maxNewTokens, seed, stream = 0, forced, signal } = request;
  const { vocabulary } = config;
  const groups = groupOf(request);
  const sampler = new CpuSampler(request.sampler, { groups, vocabulary, seed, stream, queues });
  const cache = new KvCache(
    config,
    prompts.map((prompt) => prompt.length + maxNewTokens),
  );
  const stop = new Set(request.stopTokens);
  const live = new Uint8Array(prompts.length).fill(1);
  const taken = new Int32Array(prompts.length);
  const records = prompts.map(() => emptyRecord());
  const logits = new Float32Array(prompts.length * vocabulary);
  const breathe = turns(signal);

  await breathe();
  await prefill(decoder, prompts, cache, logits, breathe);
  for (let step = 0; step < maxNewTokens; step++) {
    for (let row = 0; row < taken.length; row++) taken[row] = forced?.[row]?.[step] ?? -1;
    const drawn = sampler.step(logits, live, taken);
    const rows: number[] = [];
    live.forEach((alive, row) => {
      if (alive === 0) return;
      addRecord(records[row]!, drawn, row);
      if (stop.has(drawn.token[row]!)) live[row] = 0;
      else rows.push(row);
    });
    const over = rows.length === 0 || step + 1 === maxNewTokens;
    if ((await breathe()) || over) request.onProgress?.(step + 1);
    if (over) break;
    for (let from = 0; from < rows.length; from += MOST_TOKENS) {
      const some = rows.slice(from, from + MOST_TOKENS);
      const ids = some.map((row) => drawn.token[row]!);
      const positions = some.map((row) => prompts[row]!.length + step);
      decoder.run({ ids, rows: some, positions }, cache, some, logits);
    }
  }

  const rollouts = records.map((record, row): Rollout => {
    return {
      row,
      group: groups[row]!,
      promptIds: prompts[row]!.slice(),
      finished: stop.has(record.ids.at(-1) ?? -1),
      ids: Int32Array.from(record.ids),
      entropyNats: Float32Array.from(record.entropyNats),
      thresholdNats: Float32Array.from(record.thresholdNats),
      queueLength: Int32Array.from(record.queueLength),
      hot: Uint8Array.from(record.hot),
      tau: Float32Array.from(record.tau),
      logpTau: Float32Array.from(record.logpTau),
      logp1: Float32Array.from(record.logp1),
    };
  });
  return { rollouts, queues: sampler.readQueues() };
}

/** Runs every prompt, each distinct one once, and leaves the logits of its last token in its row of `logits`. */
async function prefill(
  decoder: Decoder,
  prompts: readonly Int32Array[],
  cache: KvCache,
  logits: Float32Array,
  breathe: () => Promise<boolean>,
): Promise<void> {
  const vocabulary = logits.length / prompts.length;
  /** The first row of each prompt. */
  const firsts = new Map<string, number>();
  const firstOfRow = prompts.map((prompt, row) => {
    const key = prompt.join();
    if (!firsts.has(key)) firsts.set(key, row);
    return firsts.get(key)!;
  });
  const tokens = [...firsts.values()].flatMap((row) =>
    Array.from(prompts[row]!, (id, position) => ({ id, row, position })),
  );
  for (let from = 0; from < tokens.length; from += MOST_TOKENS) {
    const some = tokens.slice(from, from + MOST_TOKENS);
    const last = some.map(({ row, position }) => (position + 1 === prompts[row]!.length ? row : -1));
    const [ids, rows, positions] = [some.map((t) => t.id), some.map((t) => t.row), some.map((t) => t.position)];
    decoder.run({ ids, rows, positions }, cache, last, logits);
    await breathe();
  }
  firstOfRow.forEach((first, row) => {
    if (first === row) return;
    cache.copyRow(first, row, prompts[row]!.length);
    logits.copyWithin(row * vocabulary, first * vocabulary, (first + 1) * vocabulary);
  });
}

/** A function that lets the event loop turn if it has not for a while (then true), and throws once aborted. */
function turns(signal: AbortSignal | undefined): () => Promise<boolean> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = performance.now();
    const due = now - last >= TURN_MS;
    if (due) {
      last = now;
      await new Promise((resolve) => setTimeout(resolve));
    }
    signal?.throwIfAborted();
    return due;
  };
}

interface RowRecord {
  readonly ids: number[];
  readonly entropyNats: number[];
  readonly thresholdNats: number[];
  readonly queueLength: number[];
  readonly hot: number[];
  readonly tau: number[];
  readonly logpTau: number[];
  readonly logp1: number[];
}

function emptyRecord(): RowRecord {
  return { ids: [], entropyNats: [], thresholdNats: [], queueLength: [], hot: [], tau: [], logpTau: [], logp1: [] };
}

function addRecord(record: RowRecord, step: SamplerStep, row: number): void {
  record.ids.push(step.token[row]!);
  record.entropyNats.push(step.entropyNats[row]!);
  record.thresholdNats.push(step.thresholdNats[row]!);
  record.queueLength.push(step.queueLength[row]!);
  record.hot.push(step.hot[row]!);
  record.tau.push(step.tau[row]!);
  record.logpTau.push(step.logpTau[row]!);
  record.logp1.push(step.logp1[row]!);
}
