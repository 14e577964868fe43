// The --config file: the sampler's settings, and for generate how many rollouts a prompt gets.

import * as v from 'valibot';
import { parseStrictJson } from '../policy/strictJson.ts';
import { parseSamplerConfig, type SamplerConfig, SamplerConfigError } from '../temperature/config.ts';
import { InputError, readBytes } from './io.ts';

export interface GenerateSettings {
  readonly sampler: SamplerConfig;
  /** Null when the file does not say. */
  readonly rollouts: number | null;
}

/** Most rollouts of one prompt. */
export const MOST_ROLLOUTS = 65_536;

const wrappedSchema = v.strictObject({
  sampler: v.optional(v.unknown(), {}),
  rollouts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_ROLLOUTS))),
});

/** A SamplerConfig file; without a file all defaults. tau = 0 (argmax) is accepted. @throws InputError, JsonError */
export async function readSampler(file: string | null): Promise<SamplerConfig> {
  return file === null ? parseSampler({}, 'the defaults') : parseSampler(await readJson(file), file);
}

/** A SamplerConfig, or {"sampler": SamplerConfig, "rollouts": G}. @throws InputError, JsonError */
export async function readGenerateSettings(file: string | null): Promise<GenerateSettings> {
  if (file === null) return { sampler: parseSampler({}, 'the defaults'), rollouts: null };
  const json = await readJson(file);
  const isWrapped = typeof json === 'object' && json !== null && ('sampler' in json || 'rollouts' in json);
  if (!isWrapped) return { sampler: parseSampler(json, file), rollouts: null };
  const result = v.safeParse(wrappedSchema, json);
  if (!result.success) {
    const issue = result.issues[0];
    throw new InputError(`${file}: ${v.getDotPath(issue) ?? 'the content'} is not accepted (${issue.message}).`);
  }
  return { sampler: parseSampler(result.output.sampler, file), rollouts: result.output.rollouts ?? null };
}

async function readJson(file: string): Promise<unknown> {
  return parseStrictJson(await readBytes(file), file);
}

function parseSampler(json: unknown, file: string): SamplerConfig {
  try {
    return parseSamplerConfig(json, 'evaluation');
  } catch (error) {
    throw error instanceof SamplerConfigError ? new InputError(`${file}: ${error.message}`) : error;
  }
}
