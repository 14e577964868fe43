// The CPU engine, for browsers without WebGPU: its training and decoding, beside the bare step of the wasm library it
// stands on.

import { createCpuEngine } from '../src/cpu/engine.ts';
import type { PolicyEngine } from '../src/policy/engine.ts';
import type { Bench } from './bench.ts';
import type { Contender, DecodingTask, TrainingTask } from './contender.ts';
import { decodingTask } from './decode.ts';
import { interleave, medianMilliseconds } from './measure.ts';
import { decode, fixedTemperature, trainStep } from './ours.ts';
import type { BenchShape } from './shapes.ts';
import { checkLosses, trainingTask } from './train.ts';

const TRAINING_FIGURES = ['cpu.train.tokens_per_s', 'cpu.train.vs_jaxjs'];
const DECODING_FIGURES = ['cpu.decode.tokens_per_s', 'cpu.decode.vs_jaxjs'];

async function openEngine({ config, parameters }: TrainingTask | DecodingTask): Promise<PolicyEngine> {
  const engine = await createCpuEngine(config);
  await engine.loadParameters(parameters);
  return engine;
}

async function benchTraining(bench: Bench, shape: BenchShape, library: Contender | null): Promise<void> {
  if (!bench.wantsAny(TRAINING_FIGURES)) return;
  bench.log(`cpu.train ${shape.name}`);
  const { ids, ...task } = trainingTask(shape);
  const engine = await openEngine(task);
  const losses: number[] = [];
  const step = async () => losses.push(await trainStep(engine, ids, shape.rows));
  const report = (ms: number) =>
    bench.report('cpu.train.tokens_per_s', (1000 * ids.length) / ms, 'tokens/s', shape.name, engine.adapter);
  if (library === null) report(await medianMilliseconds(step, bench.patience));
  else {
    const theirs = await library.openTraining!(task);
    const theirLosses: number[] = [];
    const { ratio, ourMs } = await interleave(
      step,
      async () => theirLosses.push(await theirs.step(ids)),
      bench.patience,
    );
    checkLosses(losses, theirLosses, library.name, shape.name);
    report(ourMs);
    bench.report('cpu.train.vs_jaxjs', ratio, 'times faster than jax-js on wasm', shape.name, engine.adapter);
    theirs.close();
  }
  engine.destroy();
}

async function benchDecoding(bench: Bench, shape: BenchShape, library: Contender | null): Promise<void> {
  if (!bench.wantsAny(DECODING_FIGURES)) return;
  bench.log(`cpu.decode ${shape.name}`);
  const task = decodingTask(shape);
  const engine = await openEngine(task);
  const sampler = fixedTemperature(task.tau);
  const tokens = task.prompts.length * task.newTokens;
  let seed = 0;
  const run = () => decode(engine, task.prompts, task.newTokens, sampler, ++seed);
  const report = (ms: number) =>
    bench.report('cpu.decode.tokens_per_s', (1000 * tokens) / ms, 'tokens/s', shape.name, engine.adapter);
  if (library === null) report(await medianMilliseconds(run, bench.patience));
  else {
    const theirs = await library.openDecoding!(task);
    const { ratio, ourMs } = await interleave(run, () => theirs.run(++seed), bench.patience);
    report(ourMs);
    bench.report('cpu.decode.vs_jaxjs', ratio, 'times faster than jax-js on wasm', shape.name, engine.adapter);
    theirs.close();
  }
  engine.destroy();
}

/** cpu.* of every shape. */
export async function benchCpu(bench: Bench, shapes: readonly BenchShape[]): Promise<void> {
  if (!bench.wantsAny([...TRAINING_FIGURES, ...DECODING_FIGURES])) return;
  const library = bench.options.peers ? await bench.peer('jaxjsWasm') : null;
  for (const shape of shapes) {
    await benchTraining(bench, shape, library);
    await benchDecoding(bench, shape, library);
  }
}
