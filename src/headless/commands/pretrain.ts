// pretrain: makes a base policy for a task, and measures it.

import { MEASURED } from '../../grpo/baseRecord.ts';
import { pretrain as train } from '../../grpo/pretrain.ts';
import {
  type PretrainConfig,
  PretrainConfigError,
  parsePretrainConfig,
  pretrainPolicy,
} from '../../grpo/pretrainConfig.ts';
import { initialParameters } from '../../policy/initialise.ts';
import { parseStrictJson } from '../../policy/strictJson.ts';
import { BACKEND_FLAG, createEngine } from '../backend.ts';
import { describeBase, measureBase, writeBase } from '../baseFolder.ts';
import { defineCommand } from '../command.ts';
import { optionalText, text, toggle, wholeOr } from '../flags.ts';
import { withInterrupt } from '../interrupt.ts';
import { InputError, readBytes } from '../io.ts';
import { checkModelFolder } from '../modelFolder.ts';
import { throttledNotes } from '../progress.ts';

export const pretrain = defineCommand({
  name: 'pretrain',
  summary: 'makes a base policy for a task by supervised learning, and measures it',
  details: `Learns random legal traces of the task's training problems, of which a set share solves them. What is not given comes
from the task's recipe. Writes a Hugging Face checkpoint with README.md (the model card) and base.json (the same for
programs). Ctrl-C writes what was learned so far; exit code 130. Prints the content of base.json on one line.`,
  flags: {
    task: text('NAME', 'the task'),
    out: text('DIR', 'folder to write'),
    difficulty: optionalText('NAME', "default: the recipe's"),
    steps: wholeOr(null, "default: the recipe's", { least: 1 }),
    batch: wholeOr(null, "traces a step (default: the recipe's)", { least: 1 }),
    seed: wholeOr(null, 'key of the first weights and of the traces (default: 0)'),
    config: optionalText('FILE', 'other settings as JSON: those of config in a base.json, each optional'),
    backend: BACKEND_FLAG,
    n: wholeOr(MEASURED.n, 'rollouts a prompt in the evaluation of the card; 0: no evaluation'),
    prompts: wholeOr(MEASURED.prompts, 'held-out prompts of that evaluation', { least: 1 }),
    replace: toggle('write over a model that is there'),
  },
  run: async (flags, io) => {
    const { task, difficulty, steps, batch, seed, n, prompts } = flags;
    const given = Object.entries({ difficulty, steps, batch, seed }).filter(([, value]) => value !== null);
    const config = await settings(flags.config, { ...Object.fromEntries(given), task });
    await checkModelFolder(flags.out, flags.replace);
    const shape = pretrainPolicy(config);
    const engine = await createEngine(flags.backend, shape, initialParameters(shape, config.seed), io);
    try {
      const record = await withInterrupt(async (signal) => {
        const note = throttledNotes(io);
        const stepsTaken = await train(engine, config, {
          signal,
          onProgress: ({ step, steps: all, lossNats }) =>
            note(`Step ${step} of ${all}: loss ${lossNats.toFixed(4)} nats a token.`),
        });
        const unmeasured = await writeBase(flags.out, config, stepsTaken, engine);
        if (signal.aborted) io.note(`Stopped after ${stepsTaken} of ${config.steps} steps; ${flags.out} holds them.`);
        if (signal.aborted || n === 0) return unmeasured;
        const measured = { ...unmeasured, figures: await measureBase(config, engine, { n, prompts }, signal, io) };
        await describeBase(flags.out, measured);
        return measured;
      });
      await io.result(JSON.stringify(record));
    } finally {
      engine.destroy();
    }
  },
});

/** The settings of a file, if there is one, under those of the flags. @throws InputError */
async function settings(file: string | null, flags: Readonly<Record<string, unknown>>): Promise<PretrainConfig> {
  const content = file === null ? {} : parseStrictJson(await readBytes(file), file);
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new InputError(`${file}: a JSON object with settings is expected.`);
  try {
    return parsePretrainConfig({ ...content, ...flags });
  } catch (error) {
    throw error instanceof PretrainConfigError ? new InputError(error.message) : error;
  }
}
