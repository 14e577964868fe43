// 16-bit floats, widened exactly: every F16 and BF16 value is also a float32.

/** float32 value of each of the 65 536 IEEE 754 binary16 patterns: 1 sign, 5 exponent, 10 fraction bits. */
function binary16Table(): Float32Array<ArrayBuffer> {
  const table = new Float32Array(65_536);
  for (let bits = 0; bits < table.length; bits++) {
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    let magnitude: number;
    if (exponent === 31) magnitude = fraction === 0 ? Infinity : Number.NaN;
    else if (exponent === 0) magnitude = fraction * 2 ** -24;
    else magnitude = (1024 + fraction) * 2 ** (exponent - 25);
    table[bits] = bits >= 0x8000 ? -magnitude : magnitude;
  }
  return table;
}

let table: Float32Array<ArrayBuffer> | null = null;

/** F16 patterns to their values. */
export function widenF16(patterns: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= binary16Table();
  const values = new Float32Array(patterns.length);
  for (let i = 0; i < patterns.length; i++) values[i] = table[patterns[i]!]!;
  return values;
}

/** BF16 patterns to their values: bfloat16 is the upper half of a float32. */
export function widenBF16(patterns: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(patterns.length);
  for (let i = 0; i < patterns.length; i++) bits[i] = patterns[i]! << 16;
  return new Float32Array(bits.buffer);
}
