// What a model is and what it needs, told from its small files before anything large is loaded.

import * as v from 'valibot';
import { JsonError, parseJsonAs } from '../policy/strictJson.ts';
import { type FileShelf, localShelf, readText, type ShelfFile } from './fileShelf.ts';
import { hubShelf } from './hubShelf.ts';
import { LlmError } from './llmError.ts';
import type { DtypeChoice, LlmDtype, MemoryNeed, ModelDescription, ModelSource } from './session.ts';

/** The endings of the graph's file name, as transformers.js knows them. */
export const DTYPE_SUFFIXES: Readonly<Record<LlmDtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

/** Where the graphs of a model lie, and what they are called without dtype and ending. */
export interface GraphPlace {
  readonly folder: string;
  readonly stem: string;
}

/** Newer exports first. */
const GRAPH_PLACES: readonly GraphPlace[] = [
  { folder: 'onnx', stem: 'model' },
  { folder: 'onnx', stem: 'decoder_model_merged' },
  { folder: '', stem: 'model' },
];

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const configSchema = v.object({
  model_type: v.string(),
  num_hidden_layers: v.optional(count),
  n_layer: v.optional(count),
  num_attention_heads: v.optional(count),
  n_head: v.optional(count),
  num_key_value_heads: v.optional(v.nullable(count)),
  hidden_size: v.optional(count),
  n_embd: v.optional(count),
  head_dim: v.optional(v.nullable(count)),
  vocab_size: v.optional(count),
  max_position_embeddings: v.optional(count),
  n_positions: v.optional(count),
  is_encoder_decoder: v.optional(v.boolean(), false),
});

/** The shelf of a source. @throws LlmError */
export function shelfOf(source: ModelSource): FileShelf {
  return source.from === 'hub' ? hubShelf(source) : localShelf(source.name, source.files);
}

/**
 * Reads the list of files and config.json.
 * @throws LlmError 'files', 'tokenizer', 'architecture' or 'hub'; the signal's reason
 */
export async function describeModel(source: ModelSource, signal?: AbortSignal): Promise<ModelDescription> {
  return describeShelf(shelfOf(source), signal);
}

/** As describeModel, for a shelf. */
export async function describeShelf(shelf: FileShelf, signal?: AbortSignal): Promise<ModelDescription> {
  const files = await shelf.list(signal);
  const config = await readConfig(shelf, signal);
  if (!files.some(({ path }) => path === 'tokenizer.json'))
    throw new LlmError(
      'tokenizer',
      `"${shelf.name}" holds no tokenizer.json: without it text cannot be turned into tokens.`,
    );
  const place = graphPlace(files);
  if (place === null)
    throw new LlmError(
      'files',
      files.some(({ path }) => path.endsWith('.safetensors'))
        ? `"${shelf.name}" holds its weights as safetensors only: models run here from ONNX files (onnx/model.onnx or another dtype).`
        : `"${shelf.name}" holds no ONNX file: onnx/model.onnx or another dtype of it is looked for.`,
    );
  const dtypes = dtypesAt(files, place);
  const used = new Set(dtypes.flatMap((choice) => choice.files.map(({ path }) => path)));
  const other = files.filter(({ path }) => path.endsWith('.json') && !used.has(path));
  return { name: shelf.name, ...config, dtypes, otherBytes: other.reduce((sum, { bytes }) => sum + bytes, 0) };
}

type Facts = Omit<ModelDescription, 'name' | 'dtypes' | 'otherBytes'>;

async function readConfig(shelf: FileShelf, signal?: AbortSignal): Promise<Facts> {
  const text = await readText(shelf, 'config.json', signal);
  if (text === null) throw new LlmError('files', `"${shelf.name}" holds no config.json, so it is no model.`);
  let config: v.InferOutput<typeof configSchema>;
  try {
    config = parseJsonAs(configSchema, new TextEncoder().encode(text), 'config.json');
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new LlmError('files', `"${shelf.name}" is not a model that can be read: ${cause.message}`, { cause });
  }
  const layers = config.num_hidden_layers ?? config.n_layer;
  const heads = config.num_attention_heads ?? config.n_head;
  const width = config.hidden_size ?? config.n_embd;
  if (
    config.is_encoder_decoder ||
    layers === undefined ||
    heads === undefined ||
    width === undefined ||
    config.vocab_size === undefined
  )
    throw new LlmError(
      'architecture',
      `"${shelf.name}" is a model of the type "${config.model_type}", but only decoder-only language models can be stepped.`,
    );
  return {
    modelType: config.model_type,
    layers,
    kvHeads: config.num_key_value_heads ?? heads,
    headWidth: config.head_dim ?? width / heads,
    vocabulary: config.vocab_size,
    maxPositions: config.max_position_embeddings ?? config.n_positions ?? 2048,
  };
}

/** Where a model's graphs lie; null when it has none. */
export function graphPlace(files: readonly ShelfFile[]): GraphPlace | null {
  return GRAPH_PLACES.find((place) => dtypesAt(files, place).length > 0) ?? null;
}

/** The dtypes of the graphs at a place, smallest first. */
function dtypesAt(files: readonly ShelfFile[], { folder, stem }: GraphPlace): DtypeChoice[] {
  const start = `${folder === '' ? '' : `${folder}/`}${stem}`;
  return Object.entries(DTYPE_SUFFIXES)
    .flatMap(([dtype, suffix]) => {
      const graph = `${start}${suffix}.onnx`;
      const own = files.filter(({ path }) => path === graph || isDataOf(path, graph));
      const bytes = own.reduce((sum, file) => sum + file.bytes, 0);
      return own.some(({ path }) => path === graph) ? [{ dtype: dtype as LlmDtype, files: own, bytes }] : [];
    })
    .sort((a, b) => a.bytes - b.bytes);
}

/** True: `path` holds weights that are too large for the graph's own file (model.onnx_data, model.onnx_data_1 ...). */
export function isDataOf(path: string, graph: string): boolean {
  return path.startsWith(`${graph}_data`) && /^(_\d+)?$/.test(path.slice(graph.length + '_data'.length));
}

/**
 * weights + keys and values + logits, in bytes:
 *   weights  the graph's file and data files: the runtime holds them once, as they are stored
 *   cache    2 (keys, values) x 2 (old and new) x layers x kvHeads x headWidth x rows x positions x 4 bytes (2 for f16),
 *            and as much again, because the runtime keeps what it frees in classes of size that double
 *   logits   rows x V x 4 bytes, and as much for the sampler's copy; the prompt's own logits, positions x V x 4 bytes,
 *            are only there while it is read, and count where they are more
 * The runtime's intermediate results are not known beforehand; they are small beside these for short prompts.
 */
export function memoryNeed(
  { layers, kvHeads, headWidth, vocabulary, dtypes }: ModelDescription,
  dtype: LlmDtype,
  { rows, positions }: { readonly rows: number; readonly positions: number },
): MemoryNeed {
  const weightsBytes = dtypes.find((choice) => choice.dtype === dtype)?.bytes ?? 0;
  const floatBytes = dtype === 'fp16' || dtype === 'q4f16' ? 2 : 4;
  const cacheBytes = 2 * 2 * 2 * layers * kvHeads * headWidth * rows * positions * floatBytes;
  const logitsBytes = 4 * vocabulary * Math.max(2 * rows, positions);
  return { weightsBytes, cacheBytes, logitsBytes, totalBytes: weightsBytes + cacheBytes + logitsBytes };
}
