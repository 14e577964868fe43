// An own policy as a zip file that transformers loads once it is unpacked. Loaded only when it is asked for.

import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';

configure({ useWebWorkers: false });

/** @param name of the policy */
export async function exportPolicy(name: string, files: CheckpointFiles): Promise<{ name: string; file: Blob }> {
  const plain = name.replace(/[^\p{L}\p{N}.=+-]+/gu, '-').replace(/^[-.]+|-+$/g, '');
  const folder = plain.slice(0, 80) || 'policy';
  const zip = new ZipWriter(new BlobWriter('application/zip'));
  // Weights are noise to a compressor.
  for (const [file, bytes] of files) await zip.add(`${folder}/${file}`, new Uint8ArrayReader(bytes), { level: 0 });
  return { name: `${folder}.zip`, file: await zip.close() };
}
