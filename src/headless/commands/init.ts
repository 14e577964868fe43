// init: a new policy with random weights.

import { checkPolicyConfig } from '../../policy/config.ts';
import { initialParameters } from '../../policy/initialise.ts';
import { parameterCount } from '../../policy/parameters.ts';
import { createTokenizer } from '../../policy/tokenizer.ts';
import { defineCommand } from '../command.ts';
import { optionalText, text, toggle, wholeOr } from '../flags.ts';
import { InputError } from '../io.ts';
import { writeModel } from '../modelFolder.ts';

const least1 = { least: 1, most: 65_536 };

export const init = defineCommand({
  name: 'init',
  summary: 'makes a policy with random weights',
  details: `Writes a Hugging Face checkpoint. With --alphabet each of its characters is a token, after <pad> (0) and <eos> (1).
Prints {"model","parameters","vocabulary","files"}.`,
  flags: {
    model: text('DIR', 'folder to write'),
    layers: wholeOr(2, 'decoder layers', { least: 1, most: 256 }),
    width: wholeOr(64, 'width of the residual stream', least1),
    heads: wholeOr(4, 'attention heads', { least: 1, most: 1024 }),
    kvHeads: wholeOr(null, 'key/value heads, which divide the heads (default: as many)', { least: 1, most: 1024 }),
    mlp: wholeOr(null, 'width of the MLP (default: 4 x width)', { least: 1, most: 1_048_576 }),
    alphabet: optionalText('TEXT', 'the characters that are tokens'),
    vocabulary: wholeOr(null, 'number of tokens (default: as many as the tokenizer has)', {
      least: 1,
      most: 4_194_304,
    }),
    positions: wholeOr(256, 'longest sequence', { least: 1, most: 16_777_216 }),
    untied: toggle('give the head weights of its own, instead of the embedding'),
    seed: wholeOr(0, 'key of the random weights'),
    replace: toggle('write over a model that is there'),
  },
  run: async (flags, io) => {
    const tokenizer = flags.alphabet === null ? null : createTokenizer({ characters: flags.alphabet });
    const vocabulary = flags.vocabulary ?? tokenizer?.size;
    if (vocabulary === undefined) throw new InputError('Either --alphabet or --vocabulary must be given.');
    const config = checkPolicyConfig({
      layers: flags.layers,
      width: flags.width,
      heads: flags.heads,
      kvHeads: flags.kvHeads ?? flags.heads,
      headWidth: flags.width / flags.heads,
      mlpWidth: flags.mlp ?? 4 * flags.width,
      vocabulary,
      tied: !flags.untied,
      ropeTheta: 10_000,
      rmsEpsilon: 1e-6,
      maxPositions: flags.positions,
    });
    const stopId = tokenizer?.stopId ?? null;
    const files = await writeModel(
      flags.model,
      {
        config,
        parameters: initialParameters(config, flags.seed),
        generation: {
          stopTokens: stopId === null ? [] : [stopId],
          padToken: tokenizer?.padId ?? null,
          beginToken: tokenizer?.beginId ?? null,
        },
        tokenizer,
        trainer: null,
      },
      flags.replace,
    );
    await io.result(JSON.stringify({ model: flags.model, parameters: parameterCount(config), vocabulary, files }));
  },
});
