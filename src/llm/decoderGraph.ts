// What a decoder's ONNX graph takes and gives:
//
//   in   input_ids [B, S]; perhaps attention_mask [B, T], position_ids [B, S], num_logits_to_keep [];
//        past_key_values.L.key and .value [B, kvHeads, T - S, D]
//   out  logits [B, S or 1, V], present.L.key and .value [B, kvHeads, T, D]
//
// All rows of a batch are equally long, so the mask is all ones: exported attention is wrong for padded rows.

import { LlmError } from './llmError.ts';
import { ort } from './runtime.ts';

type FloatType = 'float32' | 'float16';

export interface CacheEntry {
  readonly past: string;
  readonly present: string;
  readonly type: FloatType;
  readonly heads: number;
  readonly width: number;
}

export interface DecoderGraph {
  readonly session: ort.InferenceSession;
  readonly cache: readonly CacheEntry[];
  /** V as the graph declares it; null: only a run tells. */
  readonly vocabulary: number | null;
}

const PAST = /^past_key_values\.(\d+\.(?:decoder\.)?(?:key|value))$/;
const KNOWN_INPUTS = ['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep'];

/** @throws LlmError 'architecture' for a graph that cannot be stepped */
export function readGraph(session: ort.InferenceSession, name: string): DecoderGraph {
  const refuse = (why: string) =>
    new LlmError('architecture', `"${name}" cannot be stepped: ${why}, but only decoders with a key/value cache are.`);
  const cache = session.inputMetadata.flatMap((input): CacheEntry[] => {
    const [, place] = PAST.exec(input.name) ?? [];
    if (place === undefined) {
      if (KNOWN_INPUTS.includes(input.name)) return [];
      throw refuse(`its graph asks for the input "${input.name}"`);
    }
    const [, heads, , width] = input.isTensor ? input.shape : [];
    const present = `present.${place}`;
    if (!input.isTensor || typeof heads !== 'number' || typeof width !== 'number' || !isFloat(input.type))
      throw refuse(`its cache "${input.name}" has no fixed shape`);
    if (!session.outputNames.includes(present)) throw refuse(`its graph does not give "${present}" back`);
    return [{ past: input.name, present, type: input.type, heads, width }];
  });
  if (cache.length === 0) throw refuse('its graph has no cache of keys and values');
  if (!session.outputNames.includes('logits')) throw refuse('its graph gives no logits');
  const logits = session.outputMetadata.find((output) => output.name === 'logits');
  const vocabulary = logits?.isTensor ? logits.shape.at(-1) : undefined;
  return { session, cache, vocabulary: typeof vocabulary === 'number' ? vocabulary : null };
}

const isFloat = (type: ort.Tensor.Type): type is FloatType => type === 'float32' || type === 'float16';

/** Ids [rows, count] as the graph takes them. */
export function idTensor(ids: Int32Array, rows: number): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [rows, ids.length / rows]);
}

/** The inputs of a run of `ids` [rows, count] behind `past` (of `pastLength` positions); null: behind nothing. */
function feedsOf(
  { session, cache }: DecoderGraph,
  ids: ort.Tensor,
  past: ReadonlyMap<string, ort.Tensor> | null,
  pastLength: number,
): ort.InferenceSession.FeedsType {
  const [rows, count] = ids.dims as [number, number];
  const length = pastLength + count;
  const integers = (size: number, value: (i: number) => number, dims: readonly number[]) =>
    new ort.Tensor(
      'int64',
      BigInt64Array.from({ length: size }, (_, i) => BigInt(value(i))),
      dims,
    );
  const known: Record<string, () => ort.Tensor> = {
    input_ids: () => ids,
    attention_mask: () => integers(rows * length, () => 1, [rows, length]),
    position_ids: () => integers(rows * count, (i) => pastLength + (i % count), [rows, count]),
    num_logits_to_keep: () => integers(1, () => 1, []),
  };
  const feeds: Record<string, ort.Tensor> = {};
  for (const name of session.inputNames) {
    const make = known[name];
    if (make !== undefined) feeds[name] = make();
  }
  for (const entry of cache) feeds[entry.past] = past?.get(entry.past) ?? emptyCache(entry, rows);
  return feeds;
}

/**
 * Runs `ids` [rows, count] behind `past` (of `pastLength` positions); null: behind nothing.
 * @returns logits and caches; whatever else the graph could give is not asked for
 */
export function runGraph(
  graph: DecoderGraph,
  ids: ort.Tensor,
  past: ReadonlyMap<string, ort.Tensor> | null,
  pastLength: number,
): Promise<ort.InferenceSession.ReturnType> {
  const { session, cache } = graph;
  return session.run(feedsOf(graph, ids, past, pastLength), ['logits', ...cache.map(({ present }) => present)]);
}

function emptyCache({ type, heads, width }: CacheEntry, rows: number): ort.Tensor {
  const dims = [rows, heads, 0, width];
  return type === 'float16'
    ? new ort.Tensor('float16', new Uint16Array(), dims)
    : new ort.Tensor('float32', new Float32Array(), dims);
}
