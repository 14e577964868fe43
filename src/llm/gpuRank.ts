// The likeliest tokens of a row of logits on the GPU (shaders/top_tokens.wgsl): its logits stay there.

import type { Gpu } from '../gpu/device.ts';
import { PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import type { RankedLogits, RankRequest } from './machine.ts';

const COLUMNS = 3;
const HEAD_WORDS = 4;
const COLUMN_WORDS = 4;
const THREADS = 64;
const SETTINGS_WORDS = 12;
const FIRST_TAU_WORD = 8;
/** Stands for "off" (LOWEST of the shader). */
const LOWEST = -1e30;

/** `logits` [rows, vocabulary]; `row` is looked at. */
export async function gpuRank(
  gpu: Gpu,
  logits: Slice,
  vocabulary: number,
  row: number,
  { count, taus, truncation }: RankRequest,
): Promise<RankedLogits> {
  const listed = Math.min(count, vocabulary);
  const settings = new Uint32Array(SETTINGS_WORDS);
  settings.set([row * vocabulary, vocabulary, listed, truncation.topK]);
  const { topP, minP } = truncation;
  const floats = new Float32Array(settings.buffer);
  floats.set([topP, minP > 0 ? Math.log(minP) : LOWEST], 4);
  floats.set(taus, FIRST_TAU_WORD);
  const first = HEAD_WORDS + COLUMN_WORDS * COLUMNS;
  const uniforms = gpu.uniform('top tokens settings', settings);
  const out = gpu.storage('top tokens', 4 * (first + 2 * listed));
  try {
    const dispatches = await new PlanBuilder(gpu)
      .add(
        'top_tokens.wgsl',
        { COLUMNS, THREADS },
        [uniform(uniforms), read(logits), write(out)],
        [1 + taus.length, 1, 1],
      )
      .build();
    const [bytes] = await gpu.submit({ label: 'top tokens', dispatches, read: [out] });
    const words = new Uint32Array(bytes!);
    const values = new Float32Array(bytes!);
    return {
      ids: Int32Array.from({ length: listed }, (_, i) => words[first + 2 * i]!),
      logits: Float32Array.from({ length: listed }, (_, i) => values[first + 2 * i + 1]!),
      largest: values[0]!,
      z1: values[1]!,
      entropyNats: values[2]!,
      columns: taus.map((_, k) => {
        const at = HEAD_WORDS + COLUMN_WORDS * k;
        return { z: values[at]!, kept: values[at + 1]!, cut: values[at + 2]! };
      }),
    };
  } finally {
    uniforms.buffer.destroy();
    out.buffer.destroy();
  }
}
