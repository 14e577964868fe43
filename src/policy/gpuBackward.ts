// Backward of a packed batch, layer by layer from the last: the mirror of gpuForward.ts.
// `flow` carries dLoss/dx down the residual stream; every other buffer is scratch of the layer at work.

import type { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import { groupsOf, linearGrid, PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import type { GpuBatch } from './gpuBatch.ts';
import type { Activations } from './gpuForward.ts';
import type { PolicySlices } from './gpuParameters.ts';
import { Products } from './gpuProducts.ts';
import { addRope } from './gpuRope.ts';
import { attentionConstants, columns, normConstants, type Sizes } from './gpuSizes.ts';

/** Tokens that one thread sums in the first stage of a gain's gradient. */
const GAIN_CHUNK = 64;

export interface BackwardScratch {
  /** dLoss/dx of the residual stream. [tokens, d] */
  readonly flow: Slice;
  readonly dNormed: Slice;
  readonly dMlp: Slice;
  readonly dGateUp: Slice;
  readonly dAttention: Slice;
  readonly dQkv: Slice;
  readonly delta: Slice;
  readonly partials: Slice;
}

export function allocateScratch(memory: Buffers, sizes: Sizes, tokens: number): BackwardScratch {
  const { config, q, qkv } = sizes;
  const rows = (label: string, width: number) => memory.storage(label, 4 * tokens * width);
  return {
    flow: rows('dx', config.width),
    dNormed: rows('d normed', config.width),
    dMlp: rows('d mlp', config.mlpWidth),
    dGateUp: rows('d gate up', 2 * config.mlpWidth),
    dAttention: rows('d attention', q),
    dQkv: rows('d qkv', qkv),
    delta: rows('delta', config.heads),
    partials: memory.storage('gain partials', 4 * config.width * groupsOf(tokens, GAIN_CHUNK)),
  };
}

/** From dLoss/d hidden (the normed rows of the head, in scratch.dNormed) to the gradient of every parameter. */
export function backwardPlan(
  gpu: Gpu,
  sizes: Sizes,
  weights: PolicySlices,
  gradient: PolicySlices,
  batch: GpuBatch,
  act: Activations,
  scratch: BackwardScratch,
): PlanBuilder {
  const { config, q, qkv } = sizes;
  const { width, mlpWidth } = config;
  const plan = new PlanBuilder(gpu);
  const wide = columns(width);
  const step = uniform(batch.sizes);
  const products = new Products(gpu, () => batch.tokens, batch.capacity);

  /** flow (+)= the norm's share of dNormed; the gain's gradient by column sums. */
  const normBackward = (x: Slice, gain: Slice, dGain: Slice, rms: Slice, accumulate: boolean) => {
    plan.add(
      'norm_gain_backward.wgsl',
      { ...wide, CHUNK: GAIN_CHUNK },
      [step, read(x), read(rms), read(scratch.dNormed), write(scratch.partials)],
      () => [groupsOf(wide.COLUMNS, 32), groupsOf(batch.tokens, GAIN_CHUNK), 1],
    );
    plan.add(
      'add_partials.wgsl',
      { ...wide, CHUNK: GAIN_CHUNK },
      [step, read(scratch.partials), write(dGain)],
      [groupsOf(wide.COLUMNS, 32), 1, 1],
    );
    plan.add(
      'norm_backward.wgsl',
      { ...normConstants(config), ACCUMULATE: accumulate },
      [step, read(x), read(gain), read(rms), read(scratch.dNormed), write(scratch.flow)],
      () => [groupsOf(batch.tokens, 32), 1, 1],
    );
  };
  /** y = x W^T backward: W's gradient += dy^T x, then dx = dy W. */
  const linear = (p: {
    readonly outputs: number;
    readonly inputs: number;
    readonly dy: Slice;
    readonly x: Slice;
    readonly w: Slice;
    readonly dw: Slice;
    readonly dx: Slice;
  }) => plan.append(products.backwardWeight(p)).append(products.backwardInput(p));

  normBackward(act.last, weights.finalNorm, gradient.finalNorm, act.finalRms, false);
  for (let l = config.layers - 1; l >= 0; l--) {
    const a = act.layers[l]!;
    const w = weights.layers[l]!;
    const g = gradient.layers[l]!;
    // MLP: the hidden rows are made again by swiglu_backward, so down's weight gradient comes after dMlp.
    const down = { outputs: width, inputs: mlpWidth, dy: scratch.flow };
    plan.append(products.backwardInput({ ...down, w: w.down, dx: scratch.dMlp }));
    plan.add(
      'swiglu_backward.wgsl',
      columns(mlpWidth),
      [step, read(a.gateUp), read(scratch.dMlp), write(scratch.dGateUp), write(act.mlp)],
      () => linearGrid(batch.tokens * columns(mlpWidth).COLUMNS),
    );
    plan.append(products.backwardWeight({ ...down, x: act.mlp, dw: g.down }));
    linear({
      outputs: 2 * mlpWidth,
      inputs: width,
      dy: scratch.dGateUp,
      x: a.mlpNormed,
      w: w.gateUp,
      dw: g.gateUp,
      dx: scratch.dNormed,
    });
    normBackward(a.middle, w.mlpNorm, g.mlpNorm, a.mlpRms, true);
    // Attention.
    linear({
      outputs: width,
      inputs: q,
      dy: scratch.flow,
      x: a.attention,
      w: w.output,
      dw: g.output,
      dx: scratch.dAttention,
    });
    const attention = { ...attentionConstants(config), ROWS: batch.tileRows };
    plan.add(
      'attention_backward_q.wgsl',
      attention,
      [
        step,
        read(batch.tiles),
        read(a.qkv),
        read(a.attention),
        read(a.lse),
        read(scratch.dAttention),
        write(scratch.delta),
        write(scratch.dQkv),
      ],
      () => [groupsOf(batch.tileCount, 32), config.heads, 1],
    );
    plan.add(
      'attention_backward_kv.wgsl',
      attention,
      [
        step,
        read(batch.tiles),
        read(a.qkv),
        read(a.lse),
        read(scratch.delta),
        read(scratch.dAttention),
        write(scratch.dQkv),
      ],
      () => [groupsOf(batch.tileCount, 32), config.kvHeads, 1],
    );
    addRope(plan, config, batch, scratch.dQkv, true);
    plan.append(products.backwardBias({ outputs: qkv, dy: scratch.dQkv, dBias: g.qkvBias }));
    linear({
      outputs: qkv,
      inputs: width,
      dy: scratch.dQkv,
      x: a.inputNormed,
      w: w.qkv,
      dw: g.qkv,
      dx: scratch.dNormed,
    });
    normBackward(a.x, w.inputNorm, g.inputNorm, a.inputRms, true);
  }
  plan.add(
    'embed_backward.wgsl',
    wide,
    [
      step,
      read(batch.bucketIds),
      read(batch.bucketStarts),
      read(batch.bucketTokens),
      read(scratch.flow),
      write(gradient.embedding),
    ],
    () => [groupsOf(wide.COLUMNS, 32), batch.buckets, 1],
  );
  return plan;
}
