// Reading a sampler's settings: schema, defaults and the checks that concern several fields.

import * as v from 'valibot';
import { rowTemperatures } from './ladder.ts';
import { type SamplerConfig, samplerSchema } from './schema.ts';

export type { SamplerConfig, SamplerConfigInput } from './schema.ts';

/** Thrown for settings that cannot be sampled with; the message is one sentence. */
export class SamplerConfigError extends Error {
  override readonly name = 'SamplerConfigError';
}

/**
 * Fills in defaults and checks. tau = 0 (argmax) is accepted for evaluation only.
 * @throws SamplerConfigError naming the field and what is accepted.
 */
export function parseSamplerConfig(input: unknown, purpose: 'training' | 'evaluation' = 'training'): SamplerConfig {
  const result = v.safeParse(samplerSchema, input);
  if (!result.success) {
    const issue = result.issues[0];
    const field = issue.path?.map((p) => String(p.key)).join('.') ?? 'the sampler config';
    throw new SamplerConfigError(`${field} is not accepted: ${issue.message.replace(/\.$/, '')}.`);
  }
  const config = result.output;
  for (const offset of config.ladder.offsets) {
    for (const value of rowTemperatures(config, offset)) {
      if (value < 0)
        throw new SamplerConfigError(
          `ladder.offsets: the offset ${offset} makes a temperature ${value}; temperatures must stay above 0.`,
        );
      if (value === 0 && purpose === 'training')
        throw new SamplerConfigError(
          'A temperature of 0 (argmax) is accepted for evaluation only; training needs temperatures above 0.',
        );
    }
  }
  return config;
}
