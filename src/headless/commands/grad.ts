// grad: the gradient of sum_t coef_t * logpTau_t with respect to every parameter.

import type { NamedTensors } from '../../policy/parameters.ts';
import { writeSafetensors } from '../../policy/safetensors.ts';
import { BACKEND_FLAG, createEngine } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { text } from '../flags.ts';
import { writeBytes } from '../io.ts';
import { readModel } from '../modelFolder.ts';
import { throttledNotes } from '../progress.ts';
import { tokenBatches } from '../tokenLines.ts';
import { BATCH_TOKENS_FLAG } from './score.ts';

export const grad = defineCommand({
  name: 'grad',
  summary: 'gradient of weighted log-probs, as a safetensors file',
  details: `Each line {"ids":[...],"tau":[...],"coef":[...]} of the input adds sum_t coef[t] * logpTau[t] to the objective (t >= 1;
coef[0] and tau[0] are ignored). Writes its gradient under the parameters' names, F32.
Prints {"out","lines","tokens","objective","gradNorm"}: the global L2 norm of the gradient.`,
  flags: {
    model: text('DIR', 'checkpoint folder'),
    tokens: text('FILE', "JSON lines to read, '-' for stdin"),
    out: text('FILE', 'safetensors file to write'),
    backend: BACKEND_FLAG,
    batchTokens: BATCH_TOKENS_FLAG,
  },
  run: async (flags, io) => {
    const { config, parameters } = await readModel(flags.model);
    const engine = await createEngine(flags.backend, config, parameters, io);
    try {
      const note = throttledNotes(io);
      let lines = 0;
      let tokens = 0;
      let objective = 0;
      await engine.zeroGradient();
      for await (const { batch, coef, lastLine } of tokenBatches(flags.tokens, config, flags.batchTokens, true)) {
        const { logpTau } = await engine.accumulateGradient(batch, coef);
        lines += batch.rowStart.length - 1;
        tokens += batch.ids.length;
        for (let i = 0; i < coef.length; i++) objective += coef[i]! * logpTau[i]!;
        note(`Differentiated up to line ${lastLine}.`);
      }
      const gradient = await engine.readGradient();
      await writeBytes(flags.out, writeSafetensors(gradient, new Map([['format', 'pt']])));
      await io.result(JSON.stringify({ out: flags.out, lines, tokens, objective, gradNorm: globalNorm(gradient) }));
    } finally {
      engine.destroy();
    }
  },
});

function globalNorm(tensors: NamedTensors): number {
  let sum = 0;
  for (const { data } of tensors.values()) for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}
