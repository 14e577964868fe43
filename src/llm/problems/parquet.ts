// Rows of a parquet file, through hyparquet, which is loaded by import() when such a file is opened.

import type { FileMetaData } from 'hyparquet';

const MAGIC = 'PAR1';
/** Smallest file: the mark twice, and the length of the metadata. */
const FEWEST_BYTES = 12;
const MOST_UNPACKED_BYTES = 256 * 2 ** 20;
/** What hyparquet unpacks by itself. */
const BUILT_IN = ['UNCOMPRESSED', 'SNAPPY'];

/** Whether bytes are a parquet file, by the mark at both ends. */
export function isParquet(bytes: Uint8Array): boolean {
  const isMark = (part: Uint8Array) => String.fromCharCode(...part) === MAGIC;
  return (
    bytes.length >= FEWEST_BYTES && isMark(bytes.subarray(0, MAGIC.length)) && isMark(bytes.subarray(-MAGIC.length))
  );
}

/** Why a file is not read, as a clause after its name; null when it is. */
function refusal(metadata: FileMetaData, columns: readonly string[], mostRows: number): string | null {
  if (columns.length === 0) return 'has no column "problem", "question" or "prompt"';
  if (metadata.num_rows > BigInt(mostRows)) return `holds more than ${mostRows} rows: give a part of it`;
  const unpacked = metadata.row_groups
    .flatMap((group) => group.columns)
    .reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n);
  return unpacked > BigInt(MOST_UNPACKED_BYTES)
    ? `unpacks to more than ${MOST_UNPACKED_BYTES / 2 ** 20} MiB: give a part of it`
    : null;
}

/**
 * The rows of a parquet file with those of `fields` that it has, or a clause that says why it is not read.
 * @param mostRows more are refused before anything is unpacked
 */
export async function parquetRows(
  bytes: Uint8Array,
  fields: readonly string[],
  mostRows: number,
): Promise<readonly Readonly<Record<string, unknown>>[] | string> {
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const file = bytes.slice().buffer;
  try {
    const metadata = parquetMetadata(file);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const wanted = fields.filter((field) => columns.includes(field));
    const refused = refusal(metadata, wanted, mostRows);
    if (refused !== null) return refused;
    const codecs = metadata.row_groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data?.codec ?? ''));
    const compressors = codecs.every((codec) => BUILT_IN.includes(codec))
      ? {}
      : (await import('hyparquet-compressors')).compressors;
    return await parquetReadObjects({ file, metadata, columns: wanted, compressors });
  } catch {
    // Whatever its parser stumbles over, the file is broken or uses what the parser does not know.
    return 'is a parquet file that cannot be read: it is broken or cut off';
  }
}
