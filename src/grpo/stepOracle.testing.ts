// One optimiser step of a recorded batch, computed again in float64 from the papers' formulas: per rollout, by finite
// differences of src/reference/objectives.ts. It shares no code with the trainer but the record.

import type { NamedTensors } from '../policy/parameters.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import type * as oracle from '../reference/objectives.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import { POLICY } from './trainer.testing.ts';

/** The loss of a batch, with everything that carries no gradient taken from `frozen`. */
export type Objective = (batch: readonly oracle.Response[], frozen: readonly oracle.Response[]) => number;

const STEP = 1e-5;

/** (R - mean) / (std + 1e-4), or R - mean, in groups of consecutive rollouts. */
function advantages(rollouts: readonly RolloutRecord[], scale: 'std' | 'none'): number[] {
  return rollouts.map(({ group, reward }) => {
    const rewards = rollouts.filter((o) => o.group === group).map((o) => o.reward);
    const mean = rewards.reduce((a, b) => a + b) / rewards.length;
    const variance = rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (rewards.length - 1);
    return (reward - mean) / (scale === 'std' ? Math.sqrt(variance) + 1e-4 : 1);
  });
}

interface RowScores {
  readonly logp: number[];
  readonly entropyNats: number[];
}

async function scoreRow(engine: ReferenceEngine, { promptIds, ids }: RolloutRecord, tau: readonly number[]) {
  const batch = {
    ids: Int32Array.from([...promptIds, ...ids]),
    rowStart: Int32Array.of(0, promptIds.length + ids.length),
    tau: Float32Array.from([...promptIds.map(() => 1), ...tau]),
  };
  const { logpTau, entropyNats } = await engine.score(batch);
  return { batch, logp: [...logpTau.slice(promptIds.length)], entropyNats: [...entropyNats.slice(promptIds.length)] };
}

export interface OracleRequest {
  readonly rollouts: readonly RolloutRecord[];
  /** Weights that the batch was drawn and scored with; also the reference policy's. */
  readonly before: NamedTensors;
  /** Weights whose gradient is asked for. */
  readonly now: NamedTensors;
  /** Temperatures to score at, by rollout; default: those of the record. */
  readonly tau?: readonly (readonly number[])[];
  readonly scale?: 'std' | 'none';
  /** Multiplies each token's coefficient. */
  readonly factor?: (row: number, t: number) => number;
}

/** The gradient of an objective at the weights `now`, the engine that holds both, and what it was computed from. */
export async function oracleGradient(
  objective: Objective,
  { rollouts, before, now, scale = 'std', factor = () => 1, tau = rollouts.map((o) => o.tau) }: OracleRequest,
): Promise<{
  readonly gradient: NamedTensors;
  readonly engine: ReferenceEngine;
  readonly responses: readonly oracle.Response[];
}> {
  const [old, current] = [new ReferenceEngine(POLICY), new ReferenceEngine(POLICY)];
  await old.loadParameters(before);
  await current.loadParameters(now);
  const A = advantages(rollouts, scale);
  const responses: oracle.Response[] = [];
  for (const [row, rollout] of rollouts.entries()) {
    const first: RowScores = await scoreRow(old, rollout, tau[row]!);
    const second: RowScores = await scoreRow(current, rollout, tau[row]!);
    responses.push({
      logpNew: second.logp,
      logpOld: first.logp,
      logpReference: first.logp,
      entropyNats: second.entropyNats,
      advantage: A[row]!,
    });
  }
  const moved = (row: number, t: number, by: number) =>
    responses.map((o, r) => (r === row ? { ...o, logpNew: o.logpNew.map((x, i) => (i === t ? x + by : x)) } : o));
  for (const [row, rollout] of rollouts.entries()) {
    const { batch } = await scoreRow(current, rollout, tau[row]!);
    const slopes = rollout.ids.map(
      (_, t) =>
        ((objective(moved(row, t, STEP), responses) - objective(moved(row, t, -STEP), responses)) / (2 * STEP)) *
        factor(row, t),
    );
    await current.accumulateGradient(batch, Float32Array.from([...rollout.promptIds.map(() => 0), ...slopes]));
  }
  return { gradient: await current.readGradient(), engine: current, responses };
}
