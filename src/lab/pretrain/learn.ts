// Pretraining that survives a lost GPU: what was learned is copied every few seconds, and goes on from there on the next
// machine. Traces and learning rate are functions of the step, so the losses are those it would have had.

import { GpuError } from '../../gpu/errors.ts';
import { type PretrainProgress, pretrain } from '../../grpo/pretrain.ts';
import { type PretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import type { OptimizerState, PolicyEngine } from '../../policy/engine.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import type { EngineHost } from '../engine/host.ts';

const COPY_EVERY_MS = 15_000;
/** A loss this often without a step between two of them is not a matter of chance. */
const MOST_LOSSES = 3;
/** How long a lost GPU may take to be known as lost. */
const LOSS_WAIT_MS = 2000;
const LOSS_POLL_MS = 50;

export type LearnHost = Pick<EngineHost, 'engine' | 'whileThere'>;

export interface Learned {
  readonly engine: PolicyEngine;
  readonly stepsTaken: number;
}

export interface LearnOptions {
  /** What is gone on from; null: from the first weights. */
  readonly from: Learned | null;
  /** Once aborted, no further step is begun. */
  readonly signal: AbortSignal;
  /** After a loss it tells of the steps since the last copy again. */
  readonly onProgress: (progress: PretrainProgress) => void;
  /** Default: every 15 seconds. */
  readonly copyEveryMs?: number;
}

interface Copy {
  readonly stepsTaken: number;
  readonly parameters: NamedTensors;
  readonly optimizer: OptimizerState;
}

/** @throws Error, one sentence */
export async function learn(
  host: LearnHost,
  config: PretrainConfig,
  { from, signal, onProgress, copyEveryMs = COPY_EVERY_MS }: LearnOptions,
): Promise<Learned> {
  const shape = pretrainPolicy(config);
  let engine = from?.engine ?? (await host.engine('pretrain', shape));
  let stepsTaken = from?.stepsTaken ?? 0;
  let copy = from === null ? null : await host.whileThere(copyOf(from));
  for (let losses = 0; ; ) {
    try {
      stepsTaken = await host.whileThere(span(engine, config, stepsTaken, { signal, onProgress }, copyEveryMs));
      if (signal.aborted || stepsTaken === config.steps) return { engine, stepsTaken };
      copy = await host.whileThere(copyOf({ engine, stepsTaken }));
      losses = 0;
    } catch (cause) {
      if (signal.aborted || ++losses > MOST_LOSSES) throw cause;
      const next = await host.engine('pretrain', shape);
      engine = next === engine ? await replaced(host, engine, cause) : next;
      stepsTaken = copy?.stepsTaken ?? 0;
      if (copy === null) continue;
      await engine.loadParameters(copy.parameters);
      await engine.loadOptimizer(copy.optimizer);
    }
  }
}

/** Learns for a while. @returns steps taken in all */
function span(
  engine: PolicyEngine,
  config: PretrainConfig,
  from: number,
  { signal, onProgress }: Pick<LearnOptions, 'signal' | 'onProgress'>,
  ms: number,
): Promise<number> {
  const over = new AbortController();
  const began = performance.now();
  return pretrain(engine, config, {
    from,
    signal: AbortSignal.any([signal, over.signal]),
    onProgress: (progress) => {
      onProgress(progress);
      if (performance.now() - began >= ms) over.abort();
    },
  });
}

async function copyOf({ engine, stepsTaken }: Learned): Promise<Copy> {
  return { stepsTaken, parameters: await engine.readParameters(), optimizer: await engine.readOptimizer() };
}

/** The engine in place of one that was lost. @throws `cause` when that is no loss */
async function replaced(host: LearnHost, engine: PolicyEngine, cause: unknown): Promise<PolicyEngine> {
  if (cause instanceof GpuError && cause.failure === 'lost')
    for (let waited = 0; waited < LOSS_WAIT_MS; waited += LOSS_POLL_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOSS_POLL_MS));
      const next = await host.engine('pretrain', engine.config);
      if (next !== engine) return next;
    }
  throw cause;
}
