// generate: rollouts of prompts, with the full record of every token.

import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { Rollout } from '../../policy/engine.ts';
import { BACKEND_FLAG, createEngine, NOISE_FLAGS } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { optionalText, text, whole, wholeOr } from '../flags.ts';
import { InputError } from '../io.ts';
import { readModel } from '../modelFolder.ts';
import { floats } from '../numbers.ts';
import { throttledNotes } from '../progress.ts';
import { type Prompt, readPrompts } from '../prompts.ts';
import { MOST_ROLLOUTS, readGenerateSettings } from '../settings.ts';

export const generate = defineCommand({
  name: 'generate',
  summary: 'rolls out prompts and records every token',
  details: `Each line of the prompts file is a prompt: text, or a JSON array of ids. Each gets G rollouts, which share a group.
Prints a line a rollout: {"prompt","group","row","text","ids","finished","entropy":[],"threshold":[],"queue":[],"hot":[],
"tau":[],"logpTau":[],"logp1":[]}; nats; threshold is null while the queue is empty; text is null without a tokenizer.
Prompts run in batches of at most --batch-rows rollouts; batch b has the noise of stream + b, and entropy queues are
emptied between batches unless the config says queue.keep.`,
  flags: {
    model: text('DIR', 'checkpoint folder'),
    prompts: text('FILE', "a line a prompt, '-' for stdin"),
    maxTokens: whole('most new tokens of a rollout', { least: 1, most: 1_048_576 }),
    config: optionalText('FILE', 'the sampler\'s settings as JSON, or {"sampler":{...},"rollouts":G}'),
    rollouts: wholeOr(null, 'G, rollouts of each prompt (default: what the config says, else 1)', {
      least: 1,
      most: MOST_ROLLOUTS,
    }),
    ...NOISE_FLAGS,
    backend: BACKEND_FLAG,
    batchRows: wholeOr(256, 'most rollouts in a batch; the rollouts of a prompt are never split', { least: 1 }),
  },
  run: async (flags, io) => {
    const { sampler, rollouts: configured } = await readGenerateSettings(flags.config);
    const rollouts = flags.rollouts ?? configured ?? 1;
    const model = await readModel(flags.model);
    const engine = await createEngine(flags.backend, model.config, model.parameters, io);
    try {
      const note = throttledNotes(io);
      let done = 0;
      const promptsAtOnce = Math.max(1, Math.floor(flags.batchRows / rollouts));
      for await (const batch of batches(readPrompts(flags.prompts, model, flags.maxTokens), promptsAtOnce)) {
        const firstPrompt = done * promptsAtOnce;
        const owner = batch.flatMap((_, i) => new Array<number>(rollouts).fill(i));
        const found = await engine.generate({
          prompts: owner.map((i) => batch[i]!.ids),
          group: Int32Array.from(owner),
          maxNewTokens: flags.maxTokens,
          stopTokens: model.generation.stopTokens,
          sampler,
          seed: flags.seed,
          stream: flags.stream + done,
          onProgress: (steps) => note(`Prompts from ${firstPrompt + 1}: ${steps} of ${flags.maxTokens} tokens.`),
        });
        for (const rollout of found) {
          const place = { group: firstPrompt + rollout.group, row: firstPrompt * rollouts + rollout.row };
          await io.result(JSON.stringify({ prompt: batch[rollout.group]!.given, ...place, ...record(rollout, model) }));
        }
        done++;
      }
      if (done === 0) throw new InputError(`${flags.prompts === '-' ? 'stdin' : flags.prompts} holds no prompt.`);
    } finally {
      engine.destroy();
    }
  },
});

function record(rollout: Rollout, { tokenizer }: LoadedCheckpoint) {
  // A vocabulary padded beyond the tokenizer can give ids that no text stands for.
  const readable = tokenizer !== null && rollout.ids.every((id) => id < tokenizer.size);
  return {
    text: readable ? tokenizer.decode(rollout.ids, 'drop') : null,
    ids: [...rollout.ids],
    finished: rollout.finished,
    entropy: floats(rollout.entropyNats),
    threshold: floats(rollout.thresholdNats),
    queue: [...rollout.queueLength],
    hot: [...rollout.hot],
    tau: floats(rollout.tau),
    logpTau: floats(rollout.logpTau),
    logp1: floats(rollout.logp1),
  };
}

async function* batches(prompts: AsyncIterable<Prompt>, size: number): AsyncGenerator<Prompt[]> {
  let pending: Prompt[] = [];
  for await (const prompt of prompts) {
    pending.push(prompt);
    if (pending.length === size) {
      yield pending;
      pending = [];
    }
  }
  if (pending.length > 0) yield pending;
}
