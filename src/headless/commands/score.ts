// score: log-probs and entropies of given tokens.

import { BACKEND_FLAG, createEngine } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { text, wholeOr } from '../flags.ts';
import { readModel } from '../modelFolder.ts';
import { floats } from '../numbers.ts';
import { throttledNotes } from '../progress.ts';
import { tokenBatches } from '../tokenLines.ts';

/** Enough rows to fill the kernels, little enough that memory stays flat. */
export const BATCH_TOKENS_FLAG = wholeOr(8192, 'most tokens in a batch; lines are never split', { least: 1 });

export const score = defineCommand({
  name: 'score',
  summary: 'log-probs and entropies of given tokens',
  details: `Each line {"ids":[...],"tau":[...]} of the input becomes a line {"logp1":[...],"logpTau":[...],"entropy":[...]},
one entry shorter than ids: entry t - 1 speaks of the prediction of ids[t]. tau[t] > 0 tempers the prediction of
ids[t]; tau[0] is ignored; without tau it is 1. Entropies are of the untempered distribution, all in nats.`,
  flags: {
    model: text('DIR', 'checkpoint folder'),
    tokens: text('FILE', "JSON lines to read, '-' for stdin"),
    backend: BACKEND_FLAG,
    batchTokens: BATCH_TOKENS_FLAG,
  },
  run: async (flags, io) => {
    const { config, parameters } = await readModel(flags.model);
    const engine = await createEngine(flags.backend, config, parameters, io);
    try {
      const note = throttledNotes(io);
      for await (const { batch, lastLine } of tokenBatches(flags.tokens, config, flags.batchTokens, false)) {
        const { logp1, logpTau, entropyNats } = await engine.score(batch);
        for (let row = 0; row + 1 < batch.rowStart.length; row++) {
          const from = batch.rowStart[row]! + 1;
          const to = batch.rowStart[row + 1]!;
          await io.result(
            JSON.stringify({
              logp1: floats(logp1.subarray(from, to)),
              logpTau: floats(logpTau.subarray(from, to)),
              entropy: floats(entropyNats.subarray(from, to)),
            }),
          );
        }
        note(`Scored up to line ${lastLine}.`);
      }
    } finally {
      engine.destroy();
    }
  },
});
