// A checkpoint: the Hugging Face layout as a set of named files, and the trainer's state beside it.
//
//   config.json  model.safetensors  generation_config.json  tokenizer.json  tokenizer_config.json  trainer.safetensors
//
// transformers loads the folder as it stands. The files are bytes in memory: a folder on disk, a browser's storage and
// a download are all the same set. The weights of other programs may be sharded, F16 or BF16.

import * as v from 'valibot';
import { hasChecksums, verifyChecksums, withChecksums } from './checksums.ts';
import {
  type PolicyConfig,
  PolicyConfigError,
  policyConfigFromHuggingFace,
  policyConfigToHuggingFace,
} from './config.ts';
import {
  type GenerationConfig,
  readGenerationConfig,
  tokenIdFields,
  writeGenerationConfig,
} from './generationConfig.ts';
import { checkParameters, EMBEDDING, HEAD, type NamedTensors, ParameterError, type Tensor } from './parameters.ts';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors.ts';
import { JsonError, jsonBytes, oneLine, parseJsonAs, parseStrictJson } from './strictJson.ts';
import {
  type CharacterTokenizer,
  ForeignTokenizerError,
  readTokenizer,
  TokenizerError,
  writeTokenizer,
} from './tokenizer.ts';
import { readTrainerState, type TrainerState, writeTrainerState } from './trainerState.ts';

export const CONFIG_FILE = 'config.json';
export const WEIGHTS_FILE = 'model.safetensors';
export const WEIGHTS_INDEX_FILE = 'model.safetensors.index.json';
export const GENERATION_FILE = 'generation_config.json';
export const TOKENIZER_FILE = 'tokenizer.json';
export const TOKENIZER_CONFIG_FILE = 'tokenizer_config.json';
export const TRAINER_FILE = 'trainer.safetensors';

/** Files by name, without folders. */
export type CheckpointFiles = ReadonlyMap<string, Uint8Array>;

export interface Checkpoint {
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
  readonly generation: GenerationConfig;
  /** Null when there is none, or none that runs here: see tokenizerNote. */
  readonly tokenizer: CharacterTokenizer | null;
  readonly trainer: TrainerState | null;
}

export interface LoadedCheckpoint extends Checkpoint {
  /** Why there is no tokenizer, as a sentence. */
  readonly tokenizerNote: string | null;
}

/** Thrown for a checkpoint that is not accepted; the message is one sentence that names the file and the part. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/**
 * The files of a checkpoint.
 * @throws CheckpointError when the parts do not fit each other or hold values that are not finite
 */
export function writeCheckpoint(checkpoint: Checkpoint): Map<string, Uint8Array> {
  const { config, parameters, generation, tokenizer, trainer } = checkpoint;
  return explained(() => {
    checkParameters(config, parameters);
    if (trainer !== null) {
      checkParameters(config, trainer.optimizer.firstMoment);
      checkParameters(config, trainer.optimizer.secondMoment);
      if (trainer.reference !== undefined) checkParameters(config, trainer.reference);
    }
    checkIds(config, generation, tokenizer);
    // transformers asks for the entry `format`.
    const metadata = withChecksums(parameters, new Map([['format', 'pt']]));
    const files = new Map<string, Uint8Array>([
      [CONFIG_FILE, jsonBytes({ ...policyConfigToHuggingFace(config), ...tokenIdFields(generation) })],
      [WEIGHTS_FILE, writeSafetensors(parameters, metadata)],
      [GENERATION_FILE, writeGenerationConfig(generation)],
    ]);
    if (tokenizer !== null) {
      files.set(TOKENIZER_FILE, writeTokenizer(tokenizer));
      files.set(TOKENIZER_CONFIG_FILE, tokenizerConfig(config, tokenizer));
    }
    if (trainer !== null) files.set(TRAINER_FILE, writeTrainerState(config, parameters, trainer));
    return files;
  });
}

/** Tells transformers' AutoTokenizer to take tokenizer.json as it is, instead of the BPE that belongs to Qwen2. */
function tokenizerConfig(config: PolicyConfig, { tokens, padId, stopId, beginId }: CharacterTokenizer): Uint8Array {
  return jsonBytes({
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_max_length: config.maxPositions,
    clean_up_tokenization_spaces: false,
    ...(padId !== null && { pad_token: tokens[padId] }),
    ...(stopId !== null && { eos_token: tokens[stopId] }),
    ...(beginId !== null && { bos_token: tokens[beginId] }),
  });
}

/**
 * Reads and checks all files of a checkpoint; files it does not know are ignored.
 * @param trainer 'ignore' takes the weights only, for instance after they were edited elsewhere
 * @throws CheckpointError
 */
export function readCheckpoint(files: CheckpointFiles, trainer: 'read' | 'ignore' = 'read'): LoadedCheckpoint {
  return explained(() => {
    const configBytes = required(files, CONFIG_FILE);
    const config = policyConfigFromHuggingFace(parseStrictJson(configBytes, CONFIG_FILE));
    const parameters = untied(config, readWeights(files));
    checkParameters(config, parameters);
    const { tokenizer, tokenizerNote } = readAnyTokenizer(files.get(TOKENIZER_FILE));
    const generationBytes = files.get(GENERATION_FILE);
    let generation =
      generationBytes === undefined
        ? readGenerationConfig(configBytes, CONFIG_FILE)
        : readGenerationConfig(generationBytes, GENERATION_FILE);
    const stopId = tokenizer?.stopId ?? null;
    if (generation.stopTokens.length === 0 && stopId !== null) generation = { ...generation, stopTokens: [stopId] };
    checkIds(config, generation, tokenizer);
    const trainerBytes = trainer === 'read' ? files.get(TRAINER_FILE) : undefined;
    return {
      config,
      parameters,
      generation,
      tokenizer,
      tokenizerNote,
      trainer: trainerBytes === undefined ? null : readTrainerState(config, parameters, trainerBytes, TRAINER_FILE),
    };
  });
}

function required(files: CheckpointFiles, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new CheckpointError(`The checkpoint has no ${name}.`);
  return bytes;
}

const indexSchema = v.object({ weight_map: v.record(v.string(), v.string()) });

/** All tensors of model.safetensors, or of the shards that an index names. */
function readWeights(files: CheckpointFiles): Map<string, Tensor> {
  const index = files.get(WEIGHTS_INDEX_FILE);
  if (index === undefined || files.has(WEIGHTS_FILE)) return readShard(required(files, WEIGHTS_FILE), WEIGHTS_FILE);
  const place = new Map(Object.entries(parseJsonAs(indexSchema, index, WEIGHTS_INDEX_FILE).weight_map));
  const tensors = new Map<string, Tensor>();
  for (const shard of new Set(place.values()))
    for (const [name, tensor] of readShard(required(files, shard), shard)) {
      if (place.get(name) !== shard)
        throw new CheckpointError(
          `${shard}: the tensor ${name} belongs to ${place.get(name) ?? 'no file'} according to ${WEIGHTS_INDEX_FILE}.`,
        );
      tensors.set(name, tensor);
    }
  return tensors;
}

/** The files that an index of shards asks for. @throws CheckpointError */
export function shardNames(index: Uint8Array): string[] {
  return explained(() => [...new Set(Object.values(parseJsonAs(indexSchema, index, WEIGHTS_INDEX_FILE).weight_map))]);
}

function readShard(bytes: Uint8Array, label: string): Map<string, Tensor> {
  const file = readSafetensors(bytes, label);
  if (hasChecksums(file)) verifyChecksums(file, label);
  return new Map(file.tensors);
}

/** Some programs store the head of a tied model once more; it must then be the embedding. */
function untied(config: PolicyConfig, tensors: Map<string, Tensor>): NamedTensors {
  const head = tensors.get(HEAD);
  const embedding = tensors.get(EMBEDDING);
  if (!config.tied || head === undefined || embedding === undefined) return tensors;
  if (head.data.length !== embedding.data.length || head.data.some((value, i) => value !== embedding.data[i]))
    throw new CheckpointError(
      `${WEIGHTS_FILE}: the tensor ${HEAD} differs from ${EMBEDDING}, although ${CONFIG_FILE} says tie_word_embeddings.`,
    );
  tensors.delete(HEAD);
  return tensors;
}

function readAnyTokenizer(bytes: Uint8Array | undefined): Pick<LoadedCheckpoint, 'tokenizer' | 'tokenizerNote'> {
  if (bytes === undefined) return { tokenizer: null, tokenizerNote: `The checkpoint has no ${TOKENIZER_FILE}.` };
  try {
    return { tokenizer: readTokenizer(bytes, TOKENIZER_FILE), tokenizerNote: null };
  } catch (error) {
    if (error instanceof ForeignTokenizerError) return { tokenizer: null, tokenizerNote: error.message };
    throw error;
  }
}

function checkIds(config: PolicyConfig, generation: GenerationConfig, tokenizer: CharacterTokenizer | null): void {
  const { stopTokens, padToken, beginToken } = generation;
  const fields = [
    ...stopTokens.map((id) => ['eos_token_id', id] as const),
    ['pad_token_id', padToken] as const,
    ['bos_token_id', beginToken] as const,
  ];
  for (const [field, id] of fields)
    if (id !== null && id >= config.vocabulary)
      throw new CheckpointError(
        `${field} is ${id}, but the model has ${config.vocabulary} tokens (0 to ${config.vocabulary - 1}).`,
      );
  if (tokenizer !== null && tokenizer.size > config.vocabulary)
    throw new CheckpointError(
      `${TOKENIZER_FILE}: it has ${tokenizer.size} tokens, but the model has only ${config.vocabulary}.`,
    );
}

/** Runs `read`, and turns every error of the parts into a CheckpointError that names the file. */
function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParameterError) throw new CheckpointError(oneLine(`${WEIGHTS_FILE}: ${error.message}`));
    const known = [SafetensorsError, JsonError, PolicyConfigError, TokenizerError];
    throw known.some((kind) => error instanceof kind) ? new CheckpointError(oneLine((error as Error).message)) : error;
  }
}
