// The sampler alone, on logits that lie where each library wants them: against peers, against a kernel that only reads
// the logits, and over the vocabulary.

import { openGpu } from '../src/gpu/device.ts';
import { type Bench, BenchCheckError } from './bench.ts';
import type { Draw, SamplingTask } from './contender.ts';
import { interleave, medianMilliseconds } from './measure.ts';
import { GUIDED, openSampler, ours } from './ours.ts';
import { openReader } from './readLimit.ts';
import { LOGITS_SHAPES, type LogitsShape, logitsShapeName } from './shapes.ts';
import { entropyOfRow, randomLogits } from './workload.ts';

const PEERS = ['jaxjs', 'tfjs', 'transformersjs'] as const;
const ENTROPY_TOLERANCE_NATS = 2e-3;

/** Steps in one measurement: enough logits for the read-back at its end not to count. */
function stepsFor({ rows, vocabulary }: LogitsShape): number {
  return Math.max(2, Math.min(64, Math.round(2 ** 19 / (rows * vocabulary))));
}

function task(shape: LogitsShape): SamplingTask {
  return { ...shape, logits: randomLogits(shape.rows * shape.vocabulary, 4), times: stepsFor(shape) };
}

/** Tokens lie in the vocabulary, and entropies are those of the logits. */
function checkDraw({ logits, rows, vocabulary }: SamplingTask, draw: Draw, who: string): void {
  const shape = logitsShapeName({ rows, vocabulary });
  for (let row = 0; row < rows; row++) {
    const token = draw.tokens[row]!;
    if (!(token >= 0 && token < vocabulary))
      throw new BenchCheckError(`sample ${shape}: ${who} drew the token ${token} in row ${row}.`);
    if (draw.entropyNats === null) continue;
    const truth = entropyOfRow(logits.subarray(row * vocabulary, (row + 1) * vocabulary));
    const given = draw.entropyNats[row]!;
    if (!(Math.abs(given - truth) <= ENTROPY_TOLERANCE_NATS))
      throw new BenchCheckError(`sample ${shape}: ${who} gives row ${row} the entropy ${given}, but it is ${truth}.`);
  }
}

/** sample.* and sampler.read_limit at every shape of the logits. */
export async function benchSampling(bench: Bench): Promise<void> {
  for (const shape of LOGITS_SHAPES) {
    const name = logitsShapeName(shape);
    await bench.measure('sampler.read_limit', name, () => readLimit(bench, shape));
    if (!bench.options.peers) continue;
    for (const peer of PEERS) await bench.measure(`sample.vs_${peer}`, name, () => compare(bench, shape, peer));
  }
}

async function compare(bench: Bench, shape: LogitsShape, peer: string): Promise<void> {
  const name = logitsShapeName(shape);
  const sampling = task(shape);
  const library = await bench.peer(peer);
  const mine = await ours.openSampling!(sampling);
  const theirs = await library.openSampling!(sampling);
  let seed = 0;
  let mineLast: Draw | null = null;
  let theirsLast: Draw | null = null;
  const { ratio, theirMs } = await interleave(
    async () => {
      mineLast = await mine.draw(++seed);
    },
    async () => {
      theirsLast = await theirs.draw(++seed);
    },
    bench.patience,
  );
  checkDraw(sampling, mineLast!, 'our engine');
  checkDraw(sampling, theirsLast!, peer);
  bench.report(`sample.vs_${peer}`, ratio, 'times faster', name);
  bench.report(`sample.vs_${peer}.theirs`, theirMs / sampling.times, 'ms a step', name);
  mine.close();
  theirs.close();
}

/** sampler.read_limit: our whole step against one read of the same logits. */
async function readLimit(bench: Bench, shape: LogitsShape): Promise<void> {
  const name = logitsShapeName(shape);
  const { logits, rows, times } = task(shape);
  const gpu = await openGpu();
  const slice = gpu.upload('bench logits', logits);
  const sampler = await openSampler(gpu, slice, rows, times, GUIDED);
  const reader = await openReader(gpu, slice, logits.length, times);
  let seed = 0;
  const { ratio, ourMs } = await interleave(
    () => reader.run(),
    () => sampler.run(++seed),
    bench.patience,
  );
  bench.report('sampler.read_limit', ratio, 'our time / reading time, lower is better', name);
  bench.report(
    'sampler.read_gb_per_s',
    (4e-6 * logits.length * times) / ourMs,
    'GB/s of a kernel that only reads',
    name,
  );
  gpu.destroy();
}

/** scale.sample: milliseconds a step over the vocabulary, 8 rows. */
export async function benchSamplingScale(bench: Bench): Promise<void> {
  if (!bench.wants('scale.sample') || bench.options.quick) return;
  const rows = 8;
  for (const vocabulary of [20, 512, 4096, 32_000, 151_936]) {
    const times = stepsFor({ rows, vocabulary });
    const gpu = await openGpu();
    const slice = gpu.upload('bench logits', randomLogits(rows * vocabulary, 4));
    const sampler = await openSampler(gpu, slice, rows, times, GUIDED);
    let seed = 0;
    const ms = await medianMilliseconds(() => sampler.run(++seed), bench.patience);
    bench.report('scale.sample', ms / times, 'ms a step', logitsShapeName({ rows, vocabulary }));
    gpu.destroy();
  }
}
