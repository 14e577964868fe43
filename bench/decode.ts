// Decoding: rollouts with a key/value cache, ours against each peer's; what the method adds; and how the cost grows.

import type { PolicyEngine, TokenBatch } from '../src/policy/engine.ts';
import { type Bench, BenchCheckError } from './bench.ts';
import type { DecodingTask } from './contender.ts';
import { interleave, medianMilliseconds } from './measure.ts';
import { decode, fixedTemperature, GUIDED, openEngine, ours } from './ours.ts';
import type { BenchShape } from './shapes.ts';
import { randomIds, randomParameters } from './workload.ts';

const PEERS = ['jaxjs', 'tfjs'] as const;
const TAU = 1;
const LONGEST_RUN_MS = 120_000;
/** Allowed |mean(-log p) - mean(H)| of the sampled tokens; about five standard errors of S. */
const SURPRISE_TOLERANCE_NATS = 0.1;

/** The policy, and one prompt token for each of `rows` rows. */
export function decodingTask(shape: BenchShape, rows = shape.rows): DecodingTask {
  const { config, decodeTokens } = shape;
  return {
    config,
    parameters: randomParameters(config, 1),
    prompts: randomIds(rows, config.vocabulary, 3),
    newTokens: decodeTokens,
    tau: TAU,
  };
}

/**
 * Tokens drawn from the model at temperature 1 surprise it, on average, by its entropy. A wrong cache, position or
 * draw does not pass. Row 0 is left out: TensorFlow.js draws token 0 there whatever the logits (tfjs#8057).
 */
async function checkTokens(
  engine: PolicyEngine,
  prompts: Int32Array,
  tokens: Int32Array,
  who: string,
  shape: string,
): Promise<void> {
  const newTokens = tokens.length / prompts.length;
  const rows = prompts.length - 1;
  const length = newTokens + 1;
  const batch: TokenBatch = {
    ids: new Int32Array(rows * length),
    rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * length),
    tau: new Float32Array(rows * length).fill(1),
  };
  for (let row = 0; row < rows; row++) {
    batch.ids[row * length] = prompts[row + 1]!;
    batch.ids.set(tokens.subarray((row + 1) * newTokens, (row + 2) * newTokens), row * length + 1);
  }
  const { logp1, entropyNats } = await engine.score(batch);
  const mean = (values: Float32Array) => values.reduce((sum, x) => sum + x, 0) / (rows * newTokens);
  const surprise = -mean(logp1);
  const entropy = mean(entropyNats);
  if (!(Math.abs(surprise - entropy) <= SURPRISE_TOLERANCE_NATS))
    throw new BenchCheckError(
      `decode ${shape}: ${who}'s tokens have ${surprise.toFixed(3)} nats of surprise where the model's entropy is ${entropy.toFixed(3)}; they are not samples of it.`,
    );
}

/** decode.* and method.cost of one shape. */
export async function benchDecoding(bench: Bench, shape: BenchShape): Promise<void> {
  if (bench.wants('decode.tokens_per_s')) {
    const { config, parameters, prompts, newTokens, tau } = decodingTask(shape);
    const engine = await openEngine(config, parameters);
    const fixed = fixedTemperature(tau);
    const run = (seed: number) => decode(engine, prompts, newTokens, fixed, seed);
    await checkTokens(engine, prompts, await run(0), 'our engine', shape.name);
    let seed = 0;
    const ms = await medianMilliseconds(() => run(++seed), bench.patience);
    const tokens = prompts.length * newTokens;
    bench.report('decode.tokens_per_s', (1000 * tokens) / ms, 'tokens/s', shape.name);
    engine.destroy();
  }
  await bench.measure('method.cost', shape.name, () => methodCost(bench, shape));
  if (!bench.options.peers) return;
  for (const peer of PEERS) await bench.measure(`decode.vs_${peer}`, shape.name, () => compare(bench, shape, peer));
}

/** Milliseconds a run that each peer took at the last shape. */
const lastMs = new Map<string, number>();

async function compare(bench: Bench, shape: BenchShape, peer: string): Promise<void> {
  // From S to M the measured peers slow down four- to sixfold.
  if (6 * (lastMs.get(peer) ?? 0) > LONGEST_RUN_MS) {
    bench.log(`Left out: one run of ${peer} would take too long here.`);
    return;
  }
  const decoding = decodingTask(shape);
  const library = await bench.peer(peer);
  const mine = await ours.openDecoding!(decoding);
  const theirs = await library.openDecoding!(decoding);
  let seed = 0;
  let tokens = new Int32Array();
  try {
    const { ratio, theirMs } = await interleave(
      () => mine.run(++seed),
      async () => {
        tokens = new Int32Array(await theirs.run(++seed));
      },
      bench.patience,
    );
    lastMs.set(peer, theirMs);
    const engine = await openEngine(decoding.config, decoding.parameters);
    await checkTokens(engine, decoding.prompts, tokens, peer, shape.name);
    engine.destroy();
    bench.report(`decode.vs_${peer}`, ratio, 'times faster', shape.name);
    bench.report(`decode.vs_${peer}.theirs`, (1000 * tokens.length) / theirMs, 'tokens/s', shape.name);
  } finally {
    mine.close();
    theirs.close();
  }
}

/** method.cost: decoding with entropy-guided temperatures / decoding with one fixed temperature. */
async function methodCost(bench: Bench, shape: BenchShape): Promise<void> {
  const { config, parameters, prompts, newTokens, tau } = decodingTask(shape);
  const fixed = fixedTemperature(tau);
  const guidedEngine = await openEngine(config, parameters);
  const fixedEngine = await openEngine(config, parameters);
  let seed = 0;
  const { ratio } = await interleave(
    () => decode(fixedEngine, prompts, newTokens, fixed, ++seed),
    () => decode(guidedEngine, prompts, newTokens, GUIDED, ++seed),
    bench.patience,
  );
  bench.report('method.cost', ratio, 'guided time / fixed time, lower is better', shape.name);
  guidedEngine.destroy();
  fixedEngine.destroy();
}

/** scale.decode: milliseconds a step over the number of rows. */
export async function benchDecodingScale(bench: Bench, shape: BenchShape): Promise<void> {
  if (!bench.wants('scale.decode') || bench.options.quick) return;
  for (const rows of [1, 4, 16, 64]) {
    const { config, parameters, prompts, newTokens } = decodingTask(shape, rows);
    const engine = await openEngine(config, parameters);
    let seed = 0;
    const ms = await medianMilliseconds(() => decode(engine, prompts, newTokens, GUIDED, ++seed), bench.patience);
    bench.report('scale.decode', ms / newTokens, 'ms a step', `${shape.name}, ${rows} rows`);
    engine.destroy();
  }
}
