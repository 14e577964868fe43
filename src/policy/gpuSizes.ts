// Numbers that the policy's kernels share, derived from the config once.

import type { WgslConstants } from '../gpu/wgsl.ts';
import type { PolicyConfig } from './config.ts';

export interface Sizes {
  readonly config: PolicyConfig;
  /** Width of all q heads. */
  readonly q: number;
  /** Width of all k (or v) heads. */
  readonly kv: number;
  /** Width of one row of qkv. */
  readonly qkv: number;
}

export function sizesOf(config: PolicyConfig): Sizes {
  const q = config.heads * config.headWidth;
  const kv = config.kvHeads * config.headWidth;
  return { config, q, kv, qkv: q + 2 * kv };
}

/** FOUR and COLUMNS for kernels that read rows of `width` as vec4f where they can. */
export function columns(width: number): { readonly FOUR: boolean; readonly COLUMNS: number } {
  const four = width % 4 === 0;
  return { FOUR: four, COLUMNS: four ? width / 4 : width };
}

/** Constants of the RMSNorm kernels. */
export function normConstants(config: PolicyConfig): WgslConstants {
  return { ...columns(config.width), WIDTH: config.width, EPSILON: { f32: config.rmsEpsilon } };
}

function headConstants(config: PolicyConfig): WgslConstants {
  return {
    HEADS: config.heads,
    KV_HEADS: config.kvHeads,
    D: config.headWidth,
    SCALE: { f32: 1 / Math.sqrt(config.headWidth) },
  };
}

/** Constants of the attention kernels: heads, D and the scale 1 / sqrt(D). */
export function attentionConstants(config: PolicyConfig): WgslConstants {
  return { ...columns(config.headWidth), ...headConstants(config) };
}

/** Constants of the kernels that turn heads by RoPE: they read halves of a head, HALF = D / 2 in steps of 4 or 1. */
export function ropeConstants(config: PolicyConfig): WgslConstants {
  const { FOUR, COLUMNS } = columns(config.headWidth / 2);
  return { FOUR, HALF: COLUMNS, ...headConstants(config) };
}

/** Cosines, then sines, of position * theta^(-2i/D) for every position, computed in float64. [positions, 2, D/2] */
export function ropeTable(config: PolicyConfig, positions: number): Float32Array {
  const half = config.headWidth / 2;
  const table = new Float32Array(positions * 2 * half);
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < half; i++) {
      const angle = p * config.ropeTheta ** ((-2 * i) / config.headWidth);
      table[2 * half * p + i] = Math.cos(angle);
      table[2 * half * p + half + i] = Math.sin(angle);
    }
  }
  return table;
}
