// AdamW on the GPU: global norm, clip and update are three dispatches over the flat arenas; the clip scale and the
// step count never leave the GPU on the way.

import type { Arena } from '../gpu/arena.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { linearGrid, PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import type { AdamWOptions, UpdateReport } from './engine.ts';
import type { ParameterLayout } from './gpuParameters.ts';

const NORM_GROUPS = 64;
const PROGRESS_WORDS = 8;
const SETTINGS_WORDS = 8;

export class GpuUpdate {
  readonly firstMoment: Arena;
  readonly secondMoment: Arena;
  /** Struct Progress of shaders/update.wgsl. */
  readonly progress: Slice;
  readonly #gpu: Gpu;
  readonly #settings: Slice;
  #dispatches: readonly Dispatch[] = [];

  static async create(gpu: Gpu, layout: ParameterLayout, weights: Arena, gradient: Arena): Promise<GpuUpdate> {
    const update = new GpuUpdate(gpu, layout);
    const count = layout.arena.length / 4;
    const partial = gpu.storage('norm partials', 8 * NORM_GROUPS);
    update.#dispatches = await new PlanBuilder(gpu)
      .add(
        'gradient_norm.wgsl',
        { COUNT: count, GROUPS: NORM_GROUPS },
        [read(gradient.all), write(partial)],
        [NORM_GROUPS, 1, 1],
      )
      .add(
        'gradient_clip.wgsl',
        { GROUPS: NORM_GROUPS },
        [uniform(update.#settings), read(partial), write(update.progress)],
        [1, 1, 1],
      )
      .add(
        'adamw.wgsl',
        { COUNT: count, DECAYED: layout.decayed / 4 },
        [
          uniform(update.#settings),
          read(update.progress),
          write(gradient.all),
          write(weights.all),
          write(update.firstMoment.all),
          write(update.secondMoment.all),
        ],
        linearGrid(count),
      )
      .build();
    return update;
  }

  private constructor(gpu: Gpu, layout: ParameterLayout) {
    this.#gpu = gpu;
    this.firstMoment = layout.allocate(gpu, 'first moment');
    this.secondMoment = layout.allocate(gpu, 'second moment');
    this.progress = gpu.storage('update progress', 4 * PROGRESS_WORDS);
    this.#settings = gpu.uniform('update settings', new Float32Array(SETTINGS_WORDS));
  }

  async apply(options: AdamWOptions): Promise<UpdateReport> {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm = 0 } = options;
    this.#gpu.write(
      this.#settings,
      Float32Array.of(learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, Math.log(beta1), Math.log(beta2)),
    );
    const [bytes] = await this.#gpu.submit({ label: 'update', dispatches: this.#dispatches, read: [this.progress] });
    const words = new Uint32Array(bytes!);
    return { step: words[0]!, applied: words[1] === 1, gradNorm: new Float32Array(bytes!)[2]! };
  }

  async step(): Promise<number> {
    return new Uint32Array(await this.#gpu.read(this.progress))[0]!;
  }

  /** Moments to 0 and step count to `step`. */
  reset(step: number): void {
    this.#gpu.write(this.progress, Uint32Array.of(step, 0, 0, 0, 0, 0, 0, 0));
  }
}
