// What a trainer must keep beside the weights to go on as if it had never stopped: AdamW's moments and step count,
// where the noise stands, the entropy queues, and whatever else the trainer wants to remember.
//
// One safetensors file: moments and queues are its tensors, the rest is the text `state`; every section has a checksum.
// It also holds the checksum of the weights it was saved with, so that it is never continued from others.

import * as v from 'valibot';
import { tensorChecksums, verifyChecksums, withChecksums } from './checksums.ts';
import type { PolicyConfig } from './config.ts';
import { crc32Hex } from './crc32.ts';
import type { OptimizerState } from './engine.ts';
import { checkParameters, type NamedTensors, ParameterError, parameterShapes, type Tensor } from './parameters.ts';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors.ts';
import { JsonError, type JsonValue, parseJsonAs } from './strictJson.ts';

export interface TrainerState {
  readonly optimizer: OptimizerState;
  /** Where Philox stands: the seed of the run, and the stream that the next batch of rollouts will use. */
  readonly noise: { readonly seed: number; readonly stream: number };
  /** Kept entropy queues, oldest entropy (nats) first, by queue index. */
  readonly queues: readonly Float32Array[];
  /** Parameters of the policy that the trained one is held to, where there is one. */
  readonly reference?: NamedTensors;
  /** The trainer's own: schedules, data order, best scores. */
  readonly extra: JsonValue;
}

const FIRST_MOMENT = 'first_moment.';
const SECOND_MOMENT = 'second_moment.';
const REFERENCE = 'reference.';
const QUEUE = 'entropy_queue.';
const STATE = 'state';
const VERSION = 1;
const MAX_STREAM = 0xffffffff;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const stateSchema = v.strictObject({
  version: v.literal(VERSION),
  step: count,
  seed: count,
  stream: v.pipe(count, v.maxValue(MAX_STREAM)),
  queues: v.pipe(count, v.maxValue(1_000_000)),
  weightsCrc32: v.string(),
  extra: v.custom<JsonValue>((value) => value !== undefined, 'a JSON value is expected'),
});

/** One checksum of all weights, whatever their order in a file. */
export function weightsChecksum(config: PolicyConfig, weights: NamedTensors): string {
  const byName = tensorChecksums(weights);
  const text = parameterShapes(config).map(({ name }) => `${name} ${byName.get(name)}\n`);
  return crc32Hex(new TextEncoder().encode(text.join('')));
}

/** The bytes of a trainer state. @throws SafetensorsError for values that are not finite */
export function writeTrainerState(
  config: PolicyConfig,
  weights: NamedTensors,
  state: TrainerState,
): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of state.optimizer.firstMoment) tensors.set(FIRST_MOMENT + name, tensor);
  for (const [name, tensor] of state.optimizer.secondMoment) tensors.set(SECOND_MOMENT + name, tensor);
  for (const [name, tensor] of state.reference ?? []) tensors.set(REFERENCE + name, tensor);
  for (const [i, data] of state.queues.entries()) tensors.set(QUEUE + i, { shape: [data.length], data });
  const fields: v.InferInput<typeof stateSchema> = {
    version: VERSION,
    step: state.optimizer.step,
    seed: state.noise.seed,
    stream: state.noise.stream,
    queues: state.queues.length,
    weightsCrc32: weightsChecksum(config, weights),
    extra: state.extra,
  };
  return writeSafetensors(tensors, withChecksums(tensors, new Map([[STATE, JSON.stringify(fields)]])));
}

/**
 * Reads what writeTrainerState wrote, for the policy and the weights it is to go on with.
 * @throws SafetensorsError naming the damaged or unfitting section
 */
export function readTrainerState(
  config: PolicyConfig,
  weights: NamedTensors,
  bytes: Uint8Array,
  label: string,
): TrainerState {
  const file = readSafetensors(bytes, label);
  verifyChecksums(file, label);
  try {
    const text = file.metadata.get(STATE);
    if (text === undefined) throw new SafetensorsError(`${label}: the section ${STATE} is missing.`);
    const state = parseJsonAs(stateSchema, new TextEncoder().encode(text), `${label}: the section ${STATE}`);
    if (state.weightsCrc32 !== weightsChecksum(config, weights))
      throw new SafetensorsError(`${label}: it was saved with other weights than those of this checkpoint.`);
    const parameters = (prefix: string): NamedTensors => {
      const found = new Map<string, Tensor>();
      for (const [name, tensor] of file.tensors)
        if (name.startsWith(prefix)) found.set(name.slice(prefix.length), tensor);
      checkParameters(config, found);
      return found;
    };
    const hasReference = [...file.tensors.keys()].some((name) => name.startsWith(REFERENCE));
    return {
      optimizer: { step: state.step, firstMoment: parameters(FIRST_MOMENT), secondMoment: parameters(SECOND_MOMENT) },
      noise: { seed: state.seed, stream: state.stream },
      queues: Array.from({ length: state.queues }, (_, i) => queue(file.tensors, i, label)),
      ...(hasReference && { reference: parameters(REFERENCE) }),
      extra: state.extra,
    };
  } catch (error) {
    if (error instanceof ParameterError)
      throw new SafetensorsError(`${label}: among the moments or the reference: ${error.message}`);
    throw error instanceof JsonError ? new SafetensorsError(error.message) : error;
  }
}

function queue(tensors: NamedTensors, index: number, label: string): Float32Array {
  const tensor = tensors.get(QUEUE + index);
  if (tensor === undefined) throw new SafetensorsError(`${label}: the tensor ${QUEUE + index} is missing.`);
  return tensor.data;
}
