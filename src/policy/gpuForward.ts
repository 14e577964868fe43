// Forward of a packed batch, layer by layer, keeping what the backward pass reads.
//
//   x -> norm -> qkv -> rope -> attention -> + -> norm -> gate, up -> swiglu -> down -> + -> ... -> norm
//   kept per layer: x, r and rows of both norms, qkv (turned), attention output and its lse, the middle x, gate and up

import type { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import { groupsOf, linearGrid, PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import type { GpuBatch } from './gpuBatch.ts';
import type { PolicySlices } from './gpuParameters.ts';
import { Products } from './gpuProducts.ts';
import { addRope } from './gpuRope.ts';
import { attentionConstants, columns, normConstants, type Sizes } from './gpuSizes.ts';

export interface LayerActivations {
  /** Residual stream that enters the layer, and that which leaves its attention. [tokens, d] */
  readonly x: Slice;
  readonly middle: Slice;
  readonly inputRms: Slice;
  readonly mlpRms: Slice;
  /** Normed rows that qkv and the MLP read. [tokens, d] */
  readonly inputNormed: Slice;
  readonly mlpNormed: Slice;
  readonly qkv: Slice;
  readonly attention: Slice;
  readonly lse: Slice;
  readonly gateUp: Slice;
}

export interface Activations {
  readonly layers: readonly LayerActivations[];
  /** Residual stream after the last layer, its norm's r, and the normed rows that the head reads. */
  readonly last: Slice;
  readonly finalRms: Slice;
  readonly hidden: Slice;
  /** Scratch of the layer at work: the MLP's hidden rows. [tokens, F] */
  readonly mlp: Slice;
}

export function allocateActivations(memory: Buffers, sizes: Sizes, tokens: number): Activations {
  const { config, q, qkv } = sizes;
  const rows = (label: string, width: number) => memory.storage(label, 4 * tokens * width);
  return {
    layers: Array.from({ length: config.layers }, (_, l) => ({
      x: rows(`layer ${l} x`, config.width),
      middle: rows(`layer ${l} middle`, config.width),
      inputRms: rows(`layer ${l} input rms`, 1),
      mlpRms: rows(`layer ${l} mlp rms`, 1),
      inputNormed: rows(`layer ${l} input normed`, config.width),
      mlpNormed: rows(`layer ${l} mlp normed`, config.width),
      qkv: rows(`layer ${l} qkv`, qkv),
      attention: rows(`layer ${l} attention`, q),
      lse: rows(`layer ${l} lse`, config.heads),
      gateUp: rows(`layer ${l} gate up`, 2 * config.mlpWidth),
    })),
    last: rows('last x', config.width),
    finalRms: rows('final rms', 1),
    hidden: rows('hidden', config.width),
    mlp: rows('mlp', config.mlpWidth),
  };
}

/** From token ids to the normed rows that the head multiplies. */
export function forwardPlan(
  gpu: Gpu,
  sizes: Sizes,
  weights: PolicySlices,
  batch: GpuBatch,
  act: Activations,
): PlanBuilder {
  const { config, q, qkv } = sizes;
  const { width, mlpWidth } = config;
  const plan = new PlanBuilder(gpu);
  const wide = columns(width);
  const step = uniform(batch.sizes);
  const perToken = () => [groupsOf(batch.tokens, 32), 1, 1] as const;
  const products = new Products(gpu, () => batch.tokens, batch.capacity);

  const norm = (x: Slice, gain: Slice, h: Slice, rms: Slice) =>
    plan.add('norm.wgsl', normConstants(config), [step, read(x), read(gain), write(h), write(rms)], perToken);

  plan.add('embed.wgsl', wide, [step, read(batch.ids), read(weights.embedding), write(act.layers[0]!.x)], () =>
    linearGrid(batch.tokens * wide.COLUMNS),
  );
  act.layers.forEach((a, l) => {
    const w = weights.layers[l]!;
    const next = act.layers[l + 1]?.x ?? act.last;
    norm(a.x, w.inputNorm, a.inputNormed, a.inputRms);
    plan.append(
      products.forward({ outputs: qkv, inputs: width, x: a.inputNormed, w: w.qkv, bias: w.qkvBias, y: a.qkv }),
    );
    addRope(plan, config, batch, a.qkv, false);
    plan.add(
      'attention.wgsl',
      { ...attentionConstants(config), ROWS: batch.tileRows },
      [step, read(batch.tiles), read(a.qkv), write(a.attention), write(a.lse)],
      () => [groupsOf(batch.tileCount, 32), config.heads, 1],
    );
    plan.append(
      products.forward({ outputs: width, inputs: q, x: a.attention, w: w.output, residual: a.x, y: a.middle }),
    );
    norm(a.middle, w.mlpNorm, a.mlpNormed, a.mlpRms);
    plan.append(products.forward({ outputs: 2 * mlpWidth, inputs: width, x: a.mlpNormed, w: w.gateUp, y: a.gateUp }));
    plan.add('swiglu.wgsl', columns(mlpWidth), [step, read(a.gateUp), write(act.mlp)], () =>
      linearGrid(batch.tokens * columns(mlpWidth).COLUMNS),
    );
    plan.append(
      products.forward({ outputs: width, inputs: mlpWidth, x: act.mlp, w: w.down, residual: a.middle, y: next }),
    );
  });
  norm(act.last, weights.finalNorm, act.hidden, act.finalRms);
  return plan;
}
