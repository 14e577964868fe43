// Rollouts on the GPU: prefill, then blocks of decode steps with no round trip inside; the next block is encoded
// before the last one's row states have come back.

import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { Pace } from '../gpu/pace.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import { GpuSampler, ROW_STATE_WORDS } from '../temperature/gpuSampler.ts';
import { queueMembers, samplerStructure } from '../temperature/samplerStructure.ts';
import type { PolicyConfig } from './config.ts';
import type { GenerateRequest, Rollout } from './engine.ts';
import { GpuDecode } from './gpuDecode.ts';
import type { PolicySlices } from './gpuParameters.ts';
import { type Sizes, sizesOf } from './gpuSizes.ts';
import { tokensPerPass } from './gpuTraining.ts';
import { checkRequest, groupOf } from './request.ts';

/** A block of steps should keep the GPU busy about this long: short enough for the page and for every watchdog. */
const BLOCK_MS = 60;
const MOST_STEPS = 32;
/** Steps of the first block, before it is known how long they take. */
const FIRST_STEPS = 4;
/** Cache lengths are multiples of this, so that slightly longer prompts do not build everything anew. */
const LENGTH_STEP = 16;

interface Built {
  readonly decode: GpuDecode;
  readonly sampler: GpuSampler;
  readonly step: readonly Dispatch[];
  readonly length: number;
  readonly maxNewTokens: number;
  readonly samplerKey: string;
  readonly keep: boolean;
}

export class GpuRollouts {
  readonly #gpu: Gpu;
  readonly #sizes: Sizes;
  readonly #weights: PolicySlices;
  #built: Built | null = null;
  /** Kept entropy queues while no sampler holds them. */
  #kept: readonly Float32Array[] = [];
  readonly #pace = new Pace(BLOCK_MS, FIRST_STEPS);

  constructor(gpu: Gpu, config: PolicyConfig, weights: PolicySlices) {
    this.#gpu = gpu;
    this.#sizes = sizesOf(config);
    this.#weights = weights;
  }

  /** @throws RequestError, GpuError; DOMException 'AbortError' when the signal aborts, with kept queues as before. */
  async generate(request: GenerateRequest): Promise<Rollout[]> {
    checkRequest(request, this.#sizes.config);
    request.signal?.throwIfAborted();
    const { prompts, sampler: config, maxNewTokens, stopTokens, seed, stream = 0, forced } = request;
    const built = await this.#build(request);
    const { sampler, decode } = built;
    const before = config.queue.keep && request.signal !== undefined ? await sampler.readQueues() : null;
    sampler.setConfig(config);
    sampler.start({
      seed,
      stream,
      maxNewTokens,
      stopTokens,
      lengths: prompts.map((p) => p.length),
      tokens: prompts.map((p) => p.at(-1)!),
      ...(forced === undefined ? {} : { forced }),
    });
    await decode.fill(prompts);
    try {
      await this.#decode(built, request);
    } catch (cause) {
      if (before !== null) sampler.loadQueues(before);
      throw cause;
    }
    const rows = await sampler.readRows();
    const group = groupOf(request);
    return rows.map(({ records, status, token }, row) => {
      if (status === 'failed')
        throw new Error(`Row ${row}: the policy's logits are not finite after ${records.ids.length} new tokens.`);
      const finished = records.ids.length > 0 && stopTokens.includes(token);
      return { ...records, row, group: group[row]!, promptIds: prompts[row]!, finished };
    });
  }

  async readQueues(): Promise<Float32Array[]> {
    if (this.#built?.keep) this.#kept = await this.#built.sampler.readQueues();
    return [...this.#kept];
  }

  async loadQueues(queues: readonly Float32Array[]): Promise<void> {
    this.#kept = queues.map((q) => q.slice());
    if (this.#built?.keep) this.#built.sampler.loadQueues(this.#kept);
  }

  /** Steps in blocks until every row is done or maxNewTokens are decoded. */
  async #decode({ step, sampler }: Built, { maxNewTokens, onProgress, signal }: GenerateRequest): Promise<void> {
    let encoded = 0;
    let finished = false;
    const block = () => {
      const steps = Math.min(this.#pace.units, MOST_STEPS, maxNewTokens - encoded);
      encoded += steps;
      const done = this.#gpu.submit({ label: 'decode', dispatches: repeat(step, steps), read: [sampler.state] });
      // A block may fail while the one before it is awaited, whose failure then ends the call; this one's adds nothing.
      done.catch(() => {});
      return { steps, done, began: performance.now() };
    };
    let running: ReturnType<typeof block> | null = block();
    let arrived = 0;
    while (running !== null) {
      const next: ReturnType<typeof block> | null = encoded < maxNewTokens && !finished ? block() : null;
      const [bytes] = await running.done;
      this.#pace.done(running.steps, running.began);
      arrived += running.steps;
      onProgress?.(arrived);
      finished = allDone(new Uint32Array(bytes!));
      running = next;
      if (signal?.aborted) {
        await running?.done;
        signal.throwIfAborted();
      }
    }
  }

  /** Frees its buffers; it must not be used afterwards. */
  destroy(): void {
    this.#built?.sampler.destroy();
    this.#built?.decode.destroy();
    this.#built = null;
  }

  /** Decoder and sampler for this request; those of the last one when they fit. */
  async #build(request: GenerateRequest): Promise<Built> {
    const { prompts, sampler: config, maxNewTokens } = request;
    const rows = prompts.length;
    const group = groupOf(request);
    const longest = prompts.reduce((n, p) => Math.max(n, p.length), 0);
    const key = samplerKey(config, group, maxNewTokens);
    const old = this.#built;
    const fits = old !== null && old.decode.space.rows === rows && old.length >= longest + maxNewTokens;
    if (fits && old.samplerKey === key && old.maxNewTokens === maxNewTokens) return old;

    await this.readQueues();
    old?.sampler.destroy();
    if (!fits) old?.decode.destroy();
    this.#built = null;
    const length = Math.ceil((longest + maxNewTokens) / LENGTH_STEP) * LENGTH_STEP;
    const promptTokens = Math.min(tokensPerPass(this.#sizes), rows * length);
    const space = { rows, length, promptTokens: Math.max(promptTokens, length) };
    const decode = fits ? old.decode : await GpuDecode.create(this.#gpu, this.#sizes, this.#weights, space);
    const sampler = await GpuSampler.create(this.#gpu, {
      rows,
      vocabulary: this.#sizes.config.vocabulary,
      groups: group,
      config,
      maxNewTokens,
      logits: decode.logits,
    });
    const step = [...(await decode.step(sampler.state)), ...sampler.dispatches];
    const keep = config.queue.keep;
    if (keep) sampler.loadQueues(this.#kept);
    this.#built = { decode, sampler, step, length: decode.space.length, maxNewTokens, samplerKey: key, keep };
    return this.#built;
  }
}

/** What of a request is built into the sampler's kernels and buffers. */
function samplerKey(config: SamplerConfig, group: Int32Array, maxNewTokens: number): string {
  const { scope, keep } = config.queue;
  const pushes = queueMembers(scope, group).most * maxNewTokens;
  return JSON.stringify([scope, keep, samplerStructure(config, group, pushes), [...group]]);
}

function allDone(state: Uint32Array): boolean {
  for (let at = ROW_STATE_WORDS - 1; at < state.length; at += ROW_STATE_WORDS) if (state[at] === 0) return false;
  return true;
}

function* repeat<T>(items: readonly T[], times: number): Generator<T> {
  for (let i = 0; i < times; i++) yield* items;
}
