import { linearGrid, type PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import type { PolicyConfig } from './config.ts';
import type { GpuBatch } from './gpuBatch.ts';
import { columns, ropeConstants } from './gpuSizes.ts';

/** Turns the q and k heads of qkv by their positions, in place; `backward` turns their gradient back. */
export function addRope(plan: PlanBuilder, config: PolicyConfig, batch: GpuBatch, qkv: Slice, backward: boolean): void {
  const { COLUMNS: half } = columns(config.headWidth / 2);
  plan.add(
    'rope.wgsl',
    { ...ropeConstants(config), BACKWARD: backward },
    [uniform(batch.sizes), read(batch.positions), read(batch.rope), write(qkv)],
    () => linearGrid(batch.tokens * (config.heads + config.kvHeads) * half),
  );
}
