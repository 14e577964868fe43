// A checksum for every section of a safetensors file, so that damage is found and the damaged section is named.
//
// A section is one tensor's values, or one text of the metadata. The table is a text of the metadata too, with a
// checksum of its own; other readers of safetensors ignore both.

import * as v from 'valibot';
import { crc32Hex } from './crc32.ts';
import type { NamedTensors, Tensor } from './parameters.ts';
import { type Refuse, refuser, SafetensorsError, type SafetensorsFile } from './safetensors.ts';
import { JsonError, parseJsonAs } from './strictJson.ts';

const TABLE = 'crc32';
const TABLE_CHECK = 'crc32_of_crc32';

const tableSchema = v.object({ tensors: v.record(v.string(), v.string()), texts: v.record(v.string(), v.string()) });

function tensorChecksum({ data }: Tensor): string {
  return crc32Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function textChecksum(text: string): string {
  return crc32Hex(new TextEncoder().encode(text));
}

/** CRC-32 of each tensor's values by name. */
export function tensorChecksums(tensors: NamedTensors): Map<string, string> {
  return new Map([...tensors].map(([name, tensor]) => [name, tensorChecksum(tensor)]));
}

/** `metadata` with the checksum table of these tensors and of these texts added. */
export function withChecksums(tensors: NamedTensors, metadata: ReadonlyMap<string, string>): Map<string, string> {
  const table = JSON.stringify({
    tensors: Object.fromEntries(tensorChecksums(tensors)),
    texts: Object.fromEntries([...metadata].map(([key, text]) => [key, textChecksum(text)])),
  });
  return new Map([...metadata, [TABLE, table], [TABLE_CHECK, textChecksum(table)]]);
}

/** Whether the file carries a checksum table at all; those of other programs do not. */
export function hasChecksums(file: SafetensorsFile): boolean {
  return file.metadata.has(TABLE) || file.metadata.has(TABLE_CHECK);
}

/**
 * Compares every section with the table.
 * @param label the file's name for messages
 * @throws SafetensorsError naming the damaged section
 */
export function verifyChecksums(file: SafetensorsFile, label: string): void {
  const refuse: Refuse = refuser(label);
  const text = file.metadata.get(TABLE);
  if (text === undefined) refuse(`the checksum table (${TABLE}) is missing`);
  if (textChecksum(text) !== file.metadata.get(TABLE_CHECK))
    refuse(`the checksum table (${TABLE}) is damaged: its own CRC-32 differs`);
  const table = readTable(text, label);
  const tensors = new Map(Object.entries(table.tensors));
  const texts = new Map(Object.entries(table.texts));
  for (const [key, expected] of texts) {
    const section = file.metadata.get(key);
    if (section === undefined) refuse(`the section ${key} is missing`);
    if (textChecksum(section) !== expected) refuse(`the section ${key} is damaged: its CRC-32 differs`);
  }
  for (const [name, expected] of tensors) {
    const tensor = file.tensors.get(name);
    if (tensor === undefined) refuse(`the tensor ${name} is missing`);
    if (tensorChecksum(tensor) !== expected) refuse(`the tensor ${name} is damaged: the CRC-32 of its values differs`);
  }
  for (const name of file.tensors.keys())
    if (!tensors.has(name)) refuse(`the tensor ${name} has no checksum in ${TABLE}`);
}

function readTable(text: string, label: string): v.InferOutput<typeof tableSchema> {
  try {
    return parseJsonAs(tableSchema, new TextEncoder().encode(text), `${label}: the checksum table (${TABLE})`);
  } catch (error) {
    throw error instanceof JsonError ? new SafetensorsError(error.message) : error;
  }
}
