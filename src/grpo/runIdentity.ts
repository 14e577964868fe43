// What names a run: all that its tokens follow from. Two runs of one identity on one device give the same tokens, bit
// for bit.

import type { PolicyConfig } from '../policy/config.ts';
import type { Backend } from '../policy/engine.ts';
import { type NamedTensors, parameterShapes } from '../policy/parameters.ts';
import type { SamplerConfigInput } from '../temperature/config.ts';
import { parseRunConfig, type RunConfig } from './runConfig.ts';

export interface RunIdentity {
  readonly config: RunConfig;
  /** SHA-256 of the weights it starts from; see weightsHash. */
  readonly weights: string;
  /** ProblemSource.label: the task's difficulty, or what names a user's own problems. */
  readonly source: string;
  /** Version of the code. */
  readonly code: string;
  readonly backend: Backend;
  /** PolicyEngine.adapter: the GPU, or the CPU library. */
  readonly adapter: string;
}

const SHORT_HASH_DIGITS = 12;

/** JSON with the names of every object in order of code units and no white space: equal values, equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 over a policy's shape and its float32 weights in the order of parameterShapes, whatever order they come in. */
export async function weightsHash(config: PolicyConfig, weights: NamedTensors): Promise<string> {
  const parts = await Promise.all(
    parameterShapes(config).map(async ({ name }) => {
      const { shape, data } = weights.get(name)!;
      return [name, shape, await sha256(new Uint8Array(new Float32Array(data).buffer))];
    }),
  );
  return hashOf([{ ...config }, parts]);
}

/** SHA-256 of a value's canonical JSON. */
export function hashOf(value: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(value)));
}

/** The hash that names a run, 64 hexadecimal digits. */
export function runHash({ config, weights, source, code, backend, adapter }: RunIdentity): Promise<string> {
  return hashOf({ config, weights, source, code, backend, adapter });
}

/** The first digits of a run's hash: enough to tell apart the runs of a life. */
export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_HASH_DIGITS);
}

export interface Difference {
  /** Names joined by dots, as the schema has them. */
  readonly field: string;
  /** undefined: that side has no such field. */
  readonly left: unknown;
  readonly right: unknown;
}

/** Every field in which two values differ, in the order of the left one; lists and numbers are compared whole. */
export function differences(left: unknown, right: unknown, field = ''): Difference[] {
  if (!isObject(left) || !isObject(right))
    return canonicalJson(left) === canonicalJson(right) ? [] : [{ field, left, right }];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differences(left[name], right[name], field === '' ? name : `${field}.${name}`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const plain = parseRunConfig({});

/**
 * What a config sets that the defaults do not: the fields that a person chose. Task, difficulty, variant and rules bring
 * defaults of their own; a sampler is told from the one of a bare config or from the schema's, whichever is nearer.
 */
export function chosenFields(config: RunConfig): Difference[] {
  const { task, difficulty, loss, sampler } = config;
  const schemas = {
    temperature: { rule: sampler.temperature.rule },
    threshold: { rule: sampler.threshold.rule },
  };
  const { temperature, threshold } = plain.sampler;
  const ours = {
    ...plain.sampler,
    ...(sampler.temperature.rule === temperature.rule ? {} : { temperature: schemas.temperature }),
    ...(sampler.threshold.rule === threshold.rule ? {} : { threshold: schemas.threshold }),
  };
  const from = (base: SamplerConfigInput) =>
    differences(parseRunConfig({ task, difficulty, loss: { variant: loss.variant }, sampler: base }), config);
  const [ofOurs, ofSchemas] = [from(ours), from(schemas)];
  return ofOurs.length <= ofSchemas.length ? ofOurs : ofSchemas;
}

/**
 * A readable name from what differs from the defaults, such as `countdown dapo high=1.6 low=0.7 seed=3`; not unique.
 * Fields are named by their last part.
 */
export function runName(config: RunConfig): string {
  const { task, difficulty, loss, sampler } = config;
  const kinds = [
    difficulty === parseRunConfig({ task }).difficulty ? null : difficulty,
    loss.variant === plain.loss.variant ? null : loss.variant,
    sampler.temperature.rule === plain.sampler.temperature.rule ? null : sampler.temperature.rule,
    sampler.threshold.rule === plain.sampler.threshold.rule ? null : sampler.threshold.rule,
  ].filter((kind) => kind !== null);
  const fields = chosenFields(config).map(({ field, right }) => `${field.split('.').at(-1)}=${brief(right)}`);
  return [task, ...kinds, ...fields].join(' ');
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join(',')}]`;
  if (isObject(value)) return typeof value['kind'] === 'string' ? value['kind'] : canonicalJson(value);
  return String(value);
}
