// The page's entry: scripts/bench.mjs calls runBench and prints what it reports.

import { openGpu } from '../src/gpu/device.ts';
import { Bench, type BenchOptions, type Figure } from './bench.ts';
import { benchDecoding, benchDecodingScale, benchMethodCost } from './decode.ts';
import { benchSampling, benchSamplingScale } from './sample.ts';
import { SHAPES } from './shapes.ts';
import { benchTraining, benchTrainingScale } from './train.ts';

async function adapterName(): Promise<string> {
  const gpu = await openGpu();
  gpu.destroy();
  return gpu.adapter;
}

/** Runs every topic that `options` asks for; resolves when all figures have been emitted. */
export async function runBench(options: BenchOptions, emit: (figure: Figure) => void): Promise<void> {
  const bench = new Bench(options, await adapterName(), emit);
  const shapes = SHAPES.filter((shape) => options.shapes.includes(shape.name));
  await benchSampling(bench);
  for (const shape of shapes) {
    await benchTraining(bench, shape);
    await benchDecoding(bench, shape);
    await benchMethodCost(bench, shape);
  }
  await benchSamplingScale(bench);
  const [smallest] = shapes;
  if (smallest !== undefined) {
    await benchTrainingScale(bench, smallest);
    await benchDecodingScale(bench, smallest);
  }
}

Object.assign(globalThis, { runBench });
