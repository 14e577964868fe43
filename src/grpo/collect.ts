// Stage 1: problems, rollouts, rewards.
//
//   draw prompts x G rollouts --verify--> keep groups worth an update --step full, or cap reached--> stop
//
// Problem i of a run is a pure function of (seed, i), and generation batch b takes noise stream b: counting both is all
// that it takes to go on.

import type { PolicyEngine, Rollout } from '../policy/engine.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import { characterRoles } from '../tasks/characterRoles.ts';
import type { PosedProblem, ProblemSource } from '../tasks/source.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import { ladderShift } from '../temperature/ladder.ts';
import { isWorthUpdate, overlongPenalty } from './advantage.ts';
import { completionText } from './completionText.ts';
import { drawsAtOne } from './lossTemperature.ts';
import { byGroup, collectMetrics, correctOf } from './metrics.ts';
import { type RolloutRecord, recordOfRollout } from './rolloutRecord.ts';
import { drawingAtOne, ruleTemperatures, type ScheduledTemperatures, withTemperatures } from './ruleTemperature.ts';
import type { RunConfig } from './runConfig.ts';
import type { StageOptions } from './stages.ts';
import { type Collected, type Counters, plain } from './stepUnderWay.ts';

export interface CollectRequest {
  readonly engine: PolicyEngine;
  readonly source: ProblemSource;
  readonly tokenizer: CharacterTokenizer;
  readonly stopToken: number;
  readonly config: RunConfig;
  readonly step: number;
  readonly counters: Counters;
  readonly temperatures: ScheduledTemperatures;
}

/** A rollout's record, and its temperatures by the rule where it was drawn at others. */
interface Drawn {
  readonly record: RolloutRecord;
  readonly ruleTau: Float32Array | null;
}

export interface Collection {
  readonly collected: Omit<Collected, 'milliseconds'>;
  readonly counters: Counters;
}

/**
 * Draws a step's rollouts. With generationBatches above 1 it draws until there are `prompts` groups that some but not
 * all rollouts solve; at the cap the step goes with those there are, and if there are none, with the last batch, which
 * has no signal. Aborted or failed, the engine's kept queues are as before.
 */
export async function collect(request: CollectRequest, { signal, onProgress }: StageOptions): Promise<Collection> {
  const { engine, config, counters, temperatures } = request;
  const { prompts, loss } = config;
  const sampler = withTemperatures(config.sampler, temperatures);
  const before = sampler.queue.keep ? await engine.readQueues() : null;
  const drawn: Drawn[][] = [];
  const kept: Drawn[][] = [];
  let batches = 0;
  try {
    while (batches < loss.generationBatches && kept.length < prompts) {
      signal?.throwIfAborted();
      const begun = kept.length / prompts;
      const groups = await drawBatch(request, sampler, batches, {
        ...(signal === undefined ? {} : { signal }),
        onProgress: (done) => onProgress?.(begun + done * (1 - begun)),
      });
      batches += 1;
      drawn.push(...groups);
      kept.push(...groups.filter((group) => loss.generationBatches === 1 || isAlive(group)));
    }
    signal?.throwIfAborted();
  } catch (cause) {
    // Where this fails too, the engine is lost, and its first complaint says why.
    if (before !== null) await engine.loadQueues(before).catch(() => {});
    throw cause;
  }
  const groups = kept.length === 0 ? drawn.slice(-prompts) : kept.slice(0, prompts);
  const everything = drawn.flat().map(({ record }) => record);
  const read = everything.reduce((sum, { promptIds, ids }) => sum + promptIds.length + ids.length, 0);
  const after = {
    groups: counters.groups + drawn.length,
    generationBatches: counters.generationBatches + batches,
    tokens: counters.tokens + read,
  };
  const inOrder = groups.flatMap((group, g) => group.map((one) => ({ ...one, record: { ...one.record, group: g } })));
  return {
    collected: {
      rollouts: inOrder.map(({ record }) => record),
      ruleTau: drawsAtOne(config.lossTemperature.mode) ? inOrder.map(({ ruleTau }) => plain(ruleTau!)) : null,
      temperatures,
      metrics: collectMetrics({
        drawn: everything,
        sampler,
        generationBatches: batches,
        keptGroups: groups.length,
        tokens: after.tokens,
      }),
    },
    counters: after,
  };
}

function isAlive(group: readonly Drawn[]): boolean {
  return isWorthUpdate(correctOf(group.map(({ record }) => record)), group.length);
}

/** Generation batch `batch` of the step, by group. */
async function drawBatch(
  { engine, source, tokenizer, stopToken, config, step, counters }: CollectRequest,
  sampler: SamplerConfig,
  batch: number,
  { signal, onProgress }: StageOptions,
): Promise<Drawn[][]> {
  const { prompts, group: size, seed, maxNewTokens } = config;
  const first = batch * prompts;
  const problems = Array.from({ length: prompts }, (_, i) =>
    source.problem('training', seed, counters.groups + first + i),
  );
  const encoded = problems.map(({ prompt }) => tokenizer.encode(prompt));
  const atOne = drawsAtOne(config.lossTemperature.mode);
  const needsQueues = atOne && sampler.temperature.rule === 'rank' && sampler.queue.keep;
  const queuesBefore = needsQueues ? await engine.readQueues() : [];
  const rollouts = await engine.generate({
    prompts: encoded.flatMap((ids) => new Array<Int32Array>(size).fill(ids)),
    group: Int32Array.from({ length: prompts * size }, (_, row) => Math.floor(row / size)),
    maxNewTokens,
    stopTokens: [stopToken],
    sampler: atOne ? drawingAtOne(sampler) : sampler,
    seed,
    stream: counters.generationBatches + batch,
    onProgress: (stepsDone) => onProgress?.(stepsDone / maxNewTokens),
    ...(signal === undefined ? {} : { signal }),
  });
  const ruleTau = atOne ? ruleTemperatures(sampler, rollouts, queuesBefore) : null;
  const records = rollouts.map((rollout, row) => {
    const g = Math.floor(row / size);
    const place = { step, group: first + g, member: row % size };
    return recordOf(rollout, problems[g]!, { source, tokenizer, config, place });
  });
  return byGroup(records).map((members, g) =>
    members.map((record, member) => ({ record, ruleTau: ruleTau?.[g * size + member] ?? null })),
  );
}

function recordOf(
  rollout: Rollout,
  problem: PosedProblem,
  {
    source,
    tokenizer,
    config,
    place,
  }: Pick<CollectRequest, 'source' | 'tokenizer' | 'config'> & {
    readonly place: Pick<RolloutRecord, 'step' | 'group' | 'member'>;
  },
): RolloutRecord {
  const { loss, maxNewTokens, sampler } = config;
  const text = completionText(rollout.ids, tokenizer);
  const { reward, outcome } = problem.verify(text);
  const penalty =
    loss.overlongShare === null
      ? 0
      : overlongPenalty(rollout.ids.length, maxNewTokens, loss.overlongShare * maxNewTokens);
  const record = recordOfRollout(rollout, {
    task: source.task.name,
    ...place,
    prompt: problem.prompt,
    completion: tokenizer.decode(rollout.ids),
    role: characterRoles(problem, source.task.alphabet, text).roles,
    ladderOffset: ladderShift(sampler, place.member),
    reward: reward + penalty,
    outcome,
    scored: null,
  });
  return { ...record, logpTau: plain(record.logpTau), logp1: plain(record.logp1) };
}
