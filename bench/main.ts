// The page's entry. scripts/bench.mjs opens it once for each topic, calls runTopic and prints what is emitted.

import { openGpu } from '../src/gpu/device.ts';
import { Bench, type BenchOptions, type Figure } from './bench.ts';
import { benchDecoding, benchDecodingScale } from './decode.ts';
import { benchSampling, benchSamplingScale } from './sample.ts';
import { type BenchShape, SHAPES } from './shapes.ts';
import { benchTraining, benchTrainingScale } from './train.ts';

/** In the order of the run. */
const TOPICS: Readonly<Record<string, (bench: Bench, shapes: readonly BenchShape[]) => Promise<void>>> = {
  sampling: benchSampling,
  training: async (bench, shapes) => {
    for (const shape of shapes) await benchTraining(bench, shape);
  },
  decoding: async (bench, shapes) => {
    for (const shape of shapes) await benchDecoding(bench, shape);
  },
  scale: async (bench, shapes) => {
    await benchSamplingScale(bench);
    for (const shape of shapes.slice(0, 1)) {
      await benchTrainingScale(bench, shape);
      await benchDecodingScale(bench, shape);
    }
  },
  // Loaded only here: its WebAssembly has no business in the pages that measure the GPU.
  cpu: async (bench, shapes) => (await import('./cpu.ts')).benchCpu(bench, shapes),
};

async function adapterName(): Promise<string> {
  try {
    const gpu = await openGpu();
    gpu.destroy();
    return gpu.adapter;
  } catch {
    // The CPU engine is measured here too; the topics that need a GPU say what is wrong.
    return 'no WebGPU';
  }
}

/** Measures what `options` asks for of one topic; resolves with the count of figures that could not be taken. */
async function runTopic(topic: string, options: BenchOptions, emit: (figure: Figure) => void): Promise<number> {
  const bench = new Bench(options, await adapterName(), emit);
  const shapes = SHAPES.filter((shape) => options.shapes.includes(shape.name));
  await TOPICS[topic]!(bench, shapes);
  return bench.failures;
}

Object.assign(globalThis, { topics: Object.keys(TOPICS), runTopic });
