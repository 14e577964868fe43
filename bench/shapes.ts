// The shapes that every contender is measured at.

import type { PolicyConfig } from '../src/policy/config.ts';

export interface BenchShape {
  readonly name: string;
  readonly config: PolicyConfig;
  /** Sequences in a training batch, and rollouts decoded together. */
  readonly rows: number;
  /** Tokens of a training sequence. */
  readonly trainTokens: number;
  /** Tokens decoded for each row, after a prompt of one token. */
  readonly decodeTokens: number;
}

/** A policy of the given size with as many key/value heads as heads: no peer library groups queries by itself. */
function policy(layers: number, width: number, vocabulary: number): PolicyConfig {
  const heads = 4;
  return {
    layers,
    width,
    heads,
    kvHeads: heads,
    headWidth: width / heads,
    mlpWidth: 4 * width,
    vocabulary,
    tied: true,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-6,
    maxPositions: 64,
  };
}

export const SHAPES: readonly BenchShape[] = [
  { name: 'S', config: policy(2, 64, 32), rows: 64, trainTokens: 48, decodeTokens: 48 },
  { name: 'M', config: policy(4, 128, 64), rows: 64, trainTokens: 64, decodeTokens: 48 },
];

/** Logits [rows, vocabulary] that the samplers are measured on. */
export interface LogitsShape {
  readonly rows: number;
  readonly vocabulary: number;
}

export const LOGITS_SHAPES: readonly LogitsShape[] = [
  { rows: 64, vocabulary: 64 },
  { rows: 64, vocabulary: 32_000 },
  { rows: 8, vocabulary: 151_936 },
];

/** "64x32000" */
export function logitsShapeName(shape: LogitsShape): string {
  return `${shape.rows}x${shape.vocabulary}`;
}

/**
 * Floating-point operations of one training step: 6 per matrix weight and token (2 forward, 4 backward) and, for
 * attention, 12 T d a token and layer (queries x keys and weights x values, not halved for causality).
 */
export function trainingFlops(shape: BenchShape, rows = shape.rows): number {
  const { layers, width, mlpWidth, vocabulary, heads, kvHeads, headWidth } = shape.config;
  const attentionWeights = 2 * width * headWidth * (heads + kvHeads);
  const matrixWeights = layers * (attentionWeights + 3 * width * mlpWidth) + vocabulary * width;
  const attention = layers * 12 * shape.trainTokens * heads * headWidth;
  return rows * shape.trainTokens * (6 * matrixWeights + attention);
}
