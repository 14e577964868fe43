// A loaded model: its tokenizer, the machine that runs it, and the one queue that everything on it goes through.

import type { PreTrainedTokenizer } from '@huggingface/transformers';
import { Turns } from '../policy/turns.ts';
import { inWords } from './failures.ts';
import { Group, type GroupHost } from './group.ts';
import { LlmError } from './llmError.ts';
import type { Machine, Snapshot } from './machine.ts';
import { pieceOf } from './pieces.ts';
import { rowLog } from './rowLog.ts';
import type {
  LlmDevice,
  LlmDtype,
  LlmGroup,
  LlmSession,
  ModelDescription,
  PromptText,
  StartRequest,
} from './session.ts';

/** Most rows that are stepped together. */
const MOST_ROLLOUTS = 64;
/** How long the end of work on a lost device is waited for. */
const MOST_WAIT_MS = 5000;
/** The sampler's kernels have room for so many. */
const MOST_STOP_TOKENS = 16;

export interface LoadedModel<L> {
  readonly name: string;
  readonly dtype: LlmDtype;
  readonly device: LlmDevice;
  readonly adapter: string;
  readonly description: ModelDescription;
  readonly stopTokens: readonly number[];
  readonly tokenizer: PreTrainedTokenizer;
  readonly machine: Machine<L>;
  /** Resolves with a sentence when the device is gone; never on wasm. */
  readonly lost: Promise<string>;
}

/** A prompt that was read, kept for the next group of it. */
interface ReadPrompt<L> {
  readonly ids: Int32Array;
  readonly snapshot: Snapshot<L>;
}

export class ModelSession<L> implements LlmSession, GroupHost<L> {
  readonly machine: Machine<L>;
  readonly #model: LoadedModel<L>;
  readonly #turns = new Turns();
  readonly #groups = new Set<Group<L>>();
  readonly #pieces = new Map<number, string>();
  #tokens: ReadonlyMap<number, string> | null = null;
  #prompt: ReadPrompt<L> | null = null;
  /** Why nothing runs any more. */
  #end: LlmError | null = null;
  readonly #ended: Promise<never>;
  /** Resolves with a sentence when nothing can be run any more. */
  readonly #lost: Promise<string>;
  #breakDown: (sentence: string) => void = () => {};
  /** Settles, without failing, when the latest work does. */
  #working: Promise<unknown> = Promise.resolve();

  constructor(model: LoadedModel<L>) {
    this.#model = model;
    this.machine = model.machine;
    const broken = new Promise<string>((resolve) => {
      this.#breakDown = resolve;
    });
    this.#lost = Promise.race([model.lost, broken]);
    this.#ended = model.lost.then((sentence) => {
      this.#end ??= new LlmError('device', `${sentence} Load the model again.`);
      throw this.#end;
    });
    this.#ended.catch(() => {});
  }

  get name(): string {
    return this.#model.name;
  }
  get dtype(): LlmDtype {
    return this.#model.dtype;
  }
  get device(): LlmDevice {
    return this.#model.device;
  }
  get adapter(): string {
    return this.#model.adapter;
  }
  get description(): ModelDescription {
    return this.#model.description;
  }
  get stopTokens(): readonly number[] {
    return this.#model.stopTokens;
  }
  get hasChatTemplate(): boolean {
    return this.#model.tokenizer.chat_template != null;
  }
  get lost(): Promise<string> {
    return this.#lost;
  }

  encode(prompt: PromptText): Int32Array {
    const { tokenizer } = this.#model;
    let ids: readonly number[];
    if ('text' in prompt) ids = tokenizer.encode(prompt.text);
    else {
      if (!this.hasChatTemplate)
        throw new LlmError('request', `"${this.name}" has no chat template: give it plain text to go on from.`);
      const { system, user } = prompt;
      const chat = [
        ...(system === undefined ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: user },
      ];
      const text = tokenizer.apply_chat_template(chat, { add_generation_prompt: true, tokenize: false });
      ids = tokenizer.encode(String(text), { add_special_tokens: false });
    }
    if (ids.some((id) => !Number.isInteger(id)))
      throw new LlmError('request', `The tokenizer of "${this.name}" has no token for some character of this text.`);
    return Int32Array.from(ids);
  }

  decode(ids: ArrayLike<number>, special: 'keep' | 'drop'): string {
    const list = Array.from(ids);
    if (list.length === 0) return '';
    return this.#model.tokenizer.decode(list, {
      skip_special_tokens: special === 'drop',
      clean_up_tokenization_spaces: false,
    });
  }

  pieces(ids: ArrayLike<number>): string[] {
    return Array.from(ids, (id) => {
      const known = this.#pieces.get(id);
      if (known !== undefined) return known;
      const piece = pieceOf(this.decode([id], 'keep'), this.#vocabulary().get(id));
      this.#pieces.set(id, piece);
      return piece;
    });
  }

  /** Tokens as the vocabulary writes them, by id. */
  #vocabulary(): ReadonlyMap<number, string> {
    this.#tokens ??= new Map(Array.from(this.#model.tokenizer.get_vocab(), ([token, id]) => [id, token]));
    return this.#tokens;
  }

  start(request: StartRequest): Promise<LlmGroup> {
    return this.turn(async () => {
      const { promptIds, rollouts, signal } = request;
      this.#check(request);
      signal?.throwIfAborted();
      const prompt = await this.promptSnapshot(promptIds);
      try {
        const rows = new Array<number>(rollouts).fill(0);
        const snapshot = await this.machine.pick(prompt, rows, prompt.length);
        if (signal?.aborted) snapshot.release();
        signal?.throwIfAborted();
        const settings = {
          promptIds,
          sampler: request.sampler,
          seed: request.seed,
          stream: request.stream ?? 0,
          maxNewTokens: request.maxNewTokens,
          stopTokens: request.stopTokens ?? this.stopTokens,
          queuesBefore: request.queuesBefore ?? [],
        };
        return new Group(
          this,
          settings,
          rows.map(() => rowLog([], settings)),
          rows.map(() => new Map<number, number>()),
          snapshot,
        );
      } finally {
        prompt.release();
      }
    });
  }

  async promptSnapshot(ids: Int32Array): Promise<Snapshot<L>> {
    const known = this.#prompt;
    if (known !== null && known.ids.length === ids.length && known.ids.every((id, i) => id === ids[i]))
      return known.snapshot.hold();
    known?.snapshot.release();
    this.#prompt = null;
    const snapshot = await this.machine.run(ids, 1, null);
    this.#prompt = { ids: ids.slice(), snapshot };
    return snapshot.hold();
  }

  turn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#end !== null) throw this.#end;
      try {
        // Work on a lost device may end late, or never.
        const working = work();
        this.#working = working.catch(() => {});
        return await Promise.race([working, this.#ended]);
      } catch (cause) {
        const said = inWords(
          cause,
          (line) => new LlmError('device', `The model could not be run (${line}).`, { cause }),
        );
        // A device that failed once fails for good, also where it was not lost, and a runtime that broke may never answer.
        const isOver = this.machine.failure !== null || isBroken(cause);
        if (this.#end === null && isOver && said instanceof LlmError) {
          this.#end = new LlmError(said.failure, `${said.message} Load the model again.`, { cause });
          this.#breakDown(said.message);
        }
        throw said;
      }
    });
  }

  joined(group: Group<L>): void {
    this.#groups.add(group);
  }

  left(group: Group<L>): void {
    this.#groups.delete(group);
  }

  async destroy(): Promise<void> {
    if (this.#end?.message === CLOSED) return;
    for (const group of this.#groups) group.dispose();
    await this.#turns.take(async () => {
      this.#prompt?.snapshot.release();
      this.#prompt = null;
      this.#end = new LlmError('request', CLOSED);
      // The runtime must not be told to free what it still runs.
      await Promise.race([this.#working, new Promise((resolve) => setTimeout(resolve, MOST_WAIT_MS))]);
      await this.machine.destroy();
    });
  }

  #check({ promptIds, rollouts, maxNewTokens, stopTokens = [], seed, stream = 0 }: StartRequest): void {
    const { maxPositions } = this.description;
    const { vocabulary } = this.machine;
    const refuse = (sentence: string) => new LlmError('request', sentence);
    const wrong = [...promptIds, ...stopTokens].find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (promptIds.length === 0) throw refuse('The prompt is empty: it needs at least one token.');
    if (wrong !== undefined) throw refuse(`The token ${wrong} is not one of this model's (0 to ${vocabulary - 1}).`);
    if (!Number.isInteger(rollouts) || rollouts < 1 || rollouts > MOST_ROLLOUTS)
      throw refuse(`1 to ${MOST_ROLLOUTS} rollouts can be stepped together, but ${rollouts} were asked for.`);
    if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
      throw refuse(`The number of new tokens must be a whole number of at least 1, but it is ${maxNewTokens}.`);
    if (promptIds.length + maxNewTokens > maxPositions)
      throw refuse(
        `A prompt of ${promptIds.length} tokens and ${maxNewTokens} new ones need more than the ${maxPositions} positions of this model.`,
      );
    if (stopTokens.length > MOST_STOP_TOKENS)
      throw refuse(`At most ${MOST_STOP_TOKENS} tokens can end a rollout, but ${stopTokens.length} were named.`);
    for (const number of [seed, stream])
      if (!Number.isSafeInteger(number) || number < 0)
        throw refuse(`Seed and stream must be whole numbers from 0 to 2^53 - 1, but one is ${number}.`);
  }
}

/** What no model, prompt or lack of memory should lead to: a runtime that reports errors did not see it coming. */
const isBroken = (cause: unknown) => cause instanceof TypeError || cause instanceof WebAssembly.RuntimeError;

const CLOSED = 'This model was closed.';
