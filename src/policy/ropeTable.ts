// RoPE's angles: position * theta^(-2i / headWidth), from float64 as the oracle has them.

/** [positions, headWidth / 2] each. */
export interface RopeTable {
  readonly positions: number;
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

export function ropeTable(positions: number, headWidth: number, theta: number): RopeTable {
  const half = headWidth / 2;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let t = 0; t < positions; t++) {
    for (let i = 0; i < half; i++) {
      const angle = t * theta ** ((-2 * i) / headWidth);
      cos[t * half + i] = Math.cos(angle);
      sin[t * half + i] = Math.sin(angle);
    }
  }
  return { positions, cos, sin };
}
