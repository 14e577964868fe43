// Training: one AdamW step on the cross-entropy of a batch, ours against each peer's, and how its cost grows.

import { type Bench, BenchCheckError } from './bench.ts';
import { countGpuCalls } from './calls.ts';
import type { TrainingTask } from './contender.ts';
import { interleave, medianMilliseconds } from './measure.ts';
import { openEngine, ours, trainStep } from './ours.ts';
import { type BenchShape, trainingFlops } from './shapes.ts';
import { randomIds, randomParameters } from './workload.ts';

const PEERS = ['jaxjs', 'tfjs'] as const;
/** A peer whose step would take longer than this is left out of the shape: the run must end. */
const LONGEST_STEP_MS = 60_000;
/** Losses that are compared between libraries; later ones may part by rounding alone. */
const LOSSES_COMPARED = 2;
const LOSS_TOLERANCE_NATS = 1e-3;

/** The policy, and one batch of `rows` sequences that every step sees. */
export function trainingTask(shape: BenchShape, rows = shape.rows): TrainingTask & { readonly ids: Int32Array } {
  const { config, trainTokens } = shape;
  return {
    config,
    parameters: randomParameters(config, 1),
    rows,
    length: trainTokens,
    ids: randomIds(rows * trainTokens, config.vocabulary, 2),
  };
}

/** Same parameters, same tokens: the first loss checks the forward pass, the second the gradient and AdamW. @throws BenchCheckError */
export function checkLosses(ours: readonly number[], theirs: readonly number[], peer: string, shape: string): void {
  for (let i = 0; i < LOSSES_COMPARED; i++) {
    const difference = Math.abs(ours[i]! - theirs[i]!);
    if (!(difference <= LOSS_TOLERANCE_NATS))
      throw new BenchCheckError(
        `train ${shape}: the loss of step ${i + 1} is ${ours[i]} here and ${theirs[i]} in ${peer}; the two do not do the same work.`,
      );
  }
}

/** train.* of one shape. */
export async function benchTraining(bench: Bench, shape: BenchShape): Promise<void> {
  const tokens = shape.rows * shape.trainTokens;
  const own = ['train.tokens_per_s', 'train.gflops', 'train.dispatches', 'train.submits'];
  if (bench.wantsAny(own)) {
    const { ids, ...training } = trainingTask(shape);
    const engine = await openEngine(training.config, training.parameters);
    const step = () => trainStep(engine, ids, shape.rows);
    await step();
    const calls = await countGpuCalls(step);
    const seconds = (await medianMilliseconds(step, bench.patience)) / 1000;
    bench.report('train.tokens_per_s', tokens / seconds, 'tokens/s', shape.name);
    bench.report('train.gflops', trainingFlops(shape) / seconds / 1e9, 'GFLOP/s', shape.name);
    bench.report('train.dispatches', calls.dispatches, 'dispatches a step', shape.name);
    bench.report('train.submits', calls.submits, 'submits a step', shape.name);
    engine.destroy();
  }
  if (!bench.options.peers) return;
  for (const peer of PEERS) await bench.measure(`train.vs_${peer}`, shape.name, () => compare(bench, shape, peer));
}

/** Milliseconds a step that each peer took at the last shape, per floating-point operation. */
const msPerFlop = new Map<string, number>();

async function compare(bench: Bench, shape: BenchShape, peer: string): Promise<void> {
  const expectedMs = (msPerFlop.get(peer) ?? 0) * trainingFlops(shape);
  if (expectedMs > LONGEST_STEP_MS) {
    bench.log(`Left out: one step of ${peer} would take about ${Math.round(expectedMs / 1000)} s.`);
    return;
  }
  const { ids, ...training } = trainingTask(shape);
  const library = await bench.peer(peer);
  const mine = await ours.openTraining!(training);
  const theirs = await library.openTraining!(training);
  const myLosses: number[] = [];
  const theirLosses: number[] = [];
  try {
    const { ratio, theirMs } = await interleave(
      async () => myLosses.push(await mine.step(ids)),
      async () => theirLosses.push(await theirs.step(ids)),
      bench.patience,
    );
    checkLosses(myLosses, theirLosses, peer, shape.name);
    msPerFlop.set(peer, theirMs / trainingFlops(shape));
    const tokens = shape.rows * shape.trainTokens;
    bench.report(`train.vs_${peer}`, ratio, 'times faster', shape.name);
    bench.report(`train.vs_${peer}.theirs`, (1000 * tokens) / theirMs, 'tokens/s', shape.name);
  } finally {
    mine.close();
    theirs.close();
  }
}

/** scale.train: milliseconds a step over the number of sequences. */
export async function benchTrainingScale(bench: Bench, shape: BenchShape): Promise<void> {
  if (!bench.wants('scale.train') || bench.options.quick) return;
  for (const rows of [1, 4, 16, 64]) {
    const { ids, ...training } = trainingTask(shape, rows);
    const engine = await openEngine(training.config, training.parameters);
    const step = () => trainStep(engine, ids, rows);
    const ms = await medianMilliseconds(step, bench.patience);
    const name = `${shape.name}, ${rows * shape.trainTokens} tokens`;
    bench.report('scale.train', ms, 'ms a step', name);
    engine.destroy();
  }
}
