// The safetensors format: u64 little-endian header length, a JSON header, the tensors' bytes end to end.
//
//   { "__metadata__": { text: text }, name: { "dtype", "shape", "data_offsets": [begin, end] }, ... }
//
// Offsets count from the end of the header. Nothing in a file is believed before it is checked: a file is read whole
// and right, or refused with one sentence that names the tensor or the field.
// Format: https://github.com/huggingface/safetensors (the limits here are its own).

import * as v from 'valibot';
import { widenBF16, widenF16 } from './halfFloat.ts';
import { elementCount, type NamedTensors, type Tensor } from './parameters.ts';
import { describeIssue, JsonError, oneLine, parseStrictJson } from './strictJson.ts';

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

/** Bytes of one value. Typed arrays are little-endian on every machine that runs WebGPU, as the format is. */
const VALUE_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
type ValueType = keyof typeof VALUE_BYTES;

/** Thrown for a file that is not accepted, or tensors that cannot be written; the message is one sentence. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

/** Throws with a reason that completes the sentence "FILE: ...". */
export type Refuse = (why: string) => never;

/** @returns a function that throws SafetensorsError; annotate it as Refuse, so that the compiler knows it never returns */
export function refuser(label: string): Refuse {
  return (why) => {
    throw new SafetensorsError(oneLine(`${label}: ${why}.`));
  };
}

export interface ReadOptions {
  /** Accept -Infinity, which logits may hold for tokens that are ruled out. Default: refuse it as NaN and Infinity. */
  readonly minusInfinity?: boolean;
}

export interface SafetensorsFile {
  /** In the order of the bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.object({
  dtype: v.string(),
  shape: v.array(count),
  data_offsets: v.tuple([count, count]),
});

interface Entry {
  readonly name: string;
  readonly dtype: ValueType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a whole file. F16 and BF16 are widened to float32; F32 tensors share the memory of `bytes` where it is aligned.
 * @param label how messages name the file, e.g. 'model.safetensors'
 * @throws SafetensorsError
 */
export function readSafetensors(bytes: Uint8Array, label = 'The file', options: ReadOptions = {}): SafetensorsFile {
  const refuse: Refuse = refuser(label);
  if (bytes.length < LENGTH_BYTES)
    refuse(`it is ${bytes.length} bytes long, too short for the 8 bytes of the header length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (headerBytes > MAX_HEADER_BYTES)
    refuse(`the header length says ${headerBytes} bytes, but at most ${MAX_HEADER_BYTES} are accepted`);
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > bytes.length)
    refuse(
      `the header length says ${headerBytes} bytes, but only ${bytes.length - LENGTH_BYTES} follow (the file is truncated)`,
    );
  const { entries, metadata } = readHeader(bytes.subarray(LENGTH_BYTES, dataStart), label);
  checkLayout(entries, bytes.length - dataStart, refuse);
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    const data = widen(entry.dtype, bytes, dataStart + entry.begin, dataStart + entry.end);
    const bad = firstNonFinite(data, options.minusInfinity);
    if (bad !== -1) refuse(`the tensor ${entry.name} holds ${data[bad]} at index ${bad}`);
    tensors.set(entry.name, { shape: entry.shape, data });
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, label: string): { entries: Entry[]; metadata: Map<string, string> } {
  const refuse: Refuse = refuser(label);
  if (bytes[0] !== 0x7b) refuse('the header does not begin with {');
  let json: unknown;
  try {
    json = parseStrictJson(bytes, `${label}: the header`);
  } catch (error) {
    throw error instanceof JsonError ? new SafetensorsError(error.message) : error;
  }
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(json as Record<string, unknown>)) {
    if (name === METADATA) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        refuse(`${METADATA} is not a JSON object`);
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') refuse(`${METADATA}.${key} is not a text`);
        metadata.set(key, text);
      }
      continue;
    }
    const result = v.safeParse(entrySchema, value);
    if (!result.success) refuse(`the tensor ${name}: ${describeIssue(result.issues, 'its entry')}`);
    const { dtype, shape, data_offsets } = result.output;
    if (!isValueType(dtype)) refuse(`the tensor ${name} has dtype ${dtype}, but only F32, F16 and BF16 are read`);
    entries.push({ name, dtype, shape, begin: data_offsets[0], end: data_offsets[1] });
  }
  return { entries: entries.sort((a, b) => a.begin - b.begin || a.end - b.end), metadata };
}

function isValueType(dtype: string): dtype is ValueType {
  return Object.hasOwn(VALUE_BYTES, dtype);
}

/** Every byte of the data belongs to exactly one tensor, and every tensor has as many as its shape asks for. */
function checkLayout(entries: readonly Entry[], dataBytes: number, refuse: Refuse): void {
  let covered = 0;
  let previous = '';
  for (const { name, dtype, shape, begin, end } of entries) {
    if (end < begin) refuse(`the tensor ${name} ends (${end}) before it begins (${begin})`);
    if (end > dataBytes)
      refuse(
        `the tensor ${name} reaches to byte ${end}, but only ${dataBytes} follow the header (the file is truncated)`,
      );
    if (begin < covered) refuse(`the tensor ${name} overlaps the tensor ${previous}`);
    if (begin > covered) refuse(`${begin - covered} bytes before the tensor ${name} belong to no tensor`);
    const bytes = elementCount(shape) * VALUE_BYTES[dtype];
    if (!Number.isSafeInteger(bytes)) refuse(`the tensor ${name} has a shape [${shape}] that is too large`);
    if (bytes !== end - begin)
      refuse(`the tensor ${name} is ${dtype} [${shape}], which takes ${bytes} bytes, but has ${end - begin}`);
    covered = end;
    previous = name;
  }
  if (covered !== dataBytes) refuse(`${dataBytes - covered} bytes at the end belong to no tensor`);
}

function widen(dtype: ValueType, bytes: Uint8Array, begin: number, end: number): Float32Array {
  const at = bytes.byteOffset + begin;
  const aligned = at % VALUE_BYTES[dtype] === 0;
  const buffer = aligned ? bytes.buffer : bytes.slice(begin, end).buffer;
  const offset = aligned ? at : 0;
  const length = (end - begin) / VALUE_BYTES[dtype];
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, offset, length);
    case 'F16':
      return widenF16(new Uint16Array(buffer, offset, length));
    case 'BF16':
      return widenBF16(new Uint16Array(buffer, offset, length));
  }
}

/** Index of the first NaN or infinity, or -1. */
function firstNonFinite(values: Float32Array, minusInfinity = false): number {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]) && !(minusInfinity && values[i] === -Infinity)) return i;
  return -1;
}

/**
 * Writes tensors as F32, in the order of the map, padded so that every tensor is aligned for a reader that maps the file.
 * Values that could not be read back (NaN, infinity) are refused, so a bad state never replaces a good file.
 * @throws SafetensorsError naming the tensor
 */
export function writeSafetensors(
  tensors: NamedTensors,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  // Written as text rather than through an object, whose order puts names like "0" first and loses "__proto__".
  const fields: string[] = [];
  if (metadata.size > 0)
    fields.push(
      `${JSON.stringify(METADATA)}:{${[...metadata].map(([k, text]) => `${JSON.stringify(k)}:${JSON.stringify(text)}`)}}`,
    );
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === METADATA) throw new SafetensorsError(`A tensor must not be called ${METADATA}.`);
    if (elementCount(shape) !== data.length)
      throw new SafetensorsError(`The tensor ${name} holds ${data.length} values, but its shape is [${shape}].`);
    const bad = firstNonFinite(data);
    if (bad !== -1) throw new SafetensorsError(`The tensor ${name} holds ${data[bad]} at index ${bad}.`);
    const begin = end;
    end += data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] })}`);
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES)
    throw new SafetensorsError(
      `The header would take ${headerBytes} bytes, but at most ${MAX_HEADER_BYTES} are accepted.`,
    );
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end);
  new DataView(file.buffer).setUint32(0, headerBytes, true);
  file.set(header, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + header.length, LENGTH_BYTES + headerBytes);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
