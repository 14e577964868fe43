// CRC-32 (the polynomial of zip and PNG), for finding damage in stored sections.
//
// Why not SHA-256: a checksum here guards against broken disks, cut downloads and stray bytes, not against an
// adversary, who could rewrite it anyway. CRC-32 finds every burst of up to 32 bits and misses other damage once in
// 4 billion; it is synchronous (the browser's SHA-256 is not, and exists in secure contexts only), and 8 digits fit
// a header.

const POLYNOMIAL_REVERSED = 0xedb88320;

/** slices[k][b]: the remainder of byte b followed by k zero bytes; four together take a word at a time. */
function buildSlices(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const slices = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  for (let b = 0; b < 256; b++) {
    let r = b;
    for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ POLYNOMIAL_REVERSED : r >>> 1;
    slices[0][b] = r;
  }
  for (let k = 1; k < 4; k++)
    for (let b = 0; b < 256; b++) {
      const r = slices[k - 1]![b]!;
      slices[k]![b] = (r >>> 8) ^ slices[0][r & 255]!;
    }
  return slices;
}

const SLICES = buildSlices();

/** CRC-32 of bytes, an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array): number {
  const [s0, s1, s2, s3] = SLICES;
  let r = 0xffffffff;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    r ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    r = s3[r & 255]! ^ s2[(r >>> 8) & 255]! ^ s1[(r >>> 16) & 255]! ^ s0[r >>> 24]!;
  }
  for (; i < bytes.length; i++) r = (r >>> 8) ^ s0[(r ^ bytes[i]!) & 255]!;
  return ~r >>> 0;
}

/** CRC-32 as 8 hexadecimal digits, the form that is stored. */
export function crc32Hex(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}
