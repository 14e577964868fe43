// sample: the entropy-guided sampler alone, on given logits.

import { readSafetensors } from '../../policy/safetensors.ts';
import { BACKEND_FLAG, NOISE_FLAGS } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { optionalText, text } from '../flags.ts';
import { InputError, readBytes } from '../io.ts';
import { float } from '../numbers.ts';
import { readSampler } from '../settings.ts';
import { sampleSteps } from '../stepSampler.ts';

const LOGITS = 'logits';

export const sample = defineCommand({
  name: 'sample',
  summary: 'runs the sampler on given logits',
  details: `Reads the tensor "logits" [steps, rows, V] of a safetensors file and samples step by step, as if each row were a rollout
of one prompt. -Infinity rules a token out. Prints a line a step and row:
{"step","row","token","entropy","threshold","queue","hot","tau","logpTau","logp1"}; nats; threshold is null while the
queue is empty.`,
  flags: {
    logits: text('FILE', 'safetensors file'),
    config: optionalText('FILE', "the sampler's settings as JSON (default: all defaults)"),
    ...NOISE_FLAGS,
    backend: BACKEND_FLAG,
  },
  run: async (flags, io) => {
    const sampler = await readSampler(flags.config);
    const file = readSafetensors(await readBytes(flags.logits), flags.logits, { minusInfinity: true });
    const tensor = file.tensors.get(LOGITS);
    if (tensor === undefined) throw new InputError(`${flags.logits}: the tensor ${LOGITS} is missing.`);
    const [steps, rows, vocabulary] = tensor.shape;
    if (tensor.shape.length !== 3 || steps === undefined || !rows || !vocabulary)
      throw new InputError(
        `${flags.logits}: the tensor ${LOGITS} has shape [${tensor.shape}], but [steps, rows, V] is expected.`,
      );
    checkRows(flags.logits, tensor.data, rows, vocabulary);
    const request = { logits: tensor.data, steps, rows, vocabulary, sampler, seed: flags.seed, stream: flags.stream };
    let step = 0;
    for await (const records of sampleSteps(request, flags.backend, io)) {
      for (const [row, r] of records.entries())
        await io.result(
          JSON.stringify({
            step,
            row,
            token: r.token,
            entropy: float(r.entropyNats),
            threshold: float(r.thresholdNats),
            queue: r.queueLength,
            hot: r.hot,
            tau: float(r.tau),
            logpTau: float(r.logpTau),
            logp1: float(r.logp1),
          }),
        );
      step++;
    }
  },
});

/** Every row needs a token that is not ruled out. */
function checkRows(label: string, logits: Float32Array, rows: number, vocabulary: number): void {
  for (let at = 0; at < logits.length; at += vocabulary)
    if (logits.subarray(at, at + vocabulary).every((logit) => logit === -Infinity))
      throw new InputError(
        `${label}: the tensor ${LOGITS} rules out every token in step ${Math.floor(at / vocabulary / rows)}, row ${(at / vocabulary) % rows}.`,
      );
}
