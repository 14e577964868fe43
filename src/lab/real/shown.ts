// A group of a language model in the terms of the Step room's views.

import { completionText } from '../../grpo/completionText.ts';
import type { Judgement } from '../../llm/problems/problem.ts';
import type { Rollout } from '../../policy/engine.ts';
import { characterRoles } from '../../tasks/characterRoles.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { Branch, Fork } from '../step/branches.ts';
import { type RolloutFacts, rememberFacts } from '../step/facts.ts';
import type { Strip, Take } from '../step/take.ts';
import type { GroupView } from './calls.ts';
import type { Asked } from './prompt.ts';

/** Tokens from step `from` on were drawn by this sampler, up to the next segment. */
export interface Segment {
  readonly from: number;
  readonly sampler: SamplerConfig;
}

/** A group of the worker, and what the page knows beside it. */
export interface RealBranch {
  readonly view: GroupView;
  readonly parent: number | null;
  readonly fork: Fork | null;
  readonly stream: number;
  readonly segments: readonly Segment[];
  readonly queuesBefore: readonly Float32Array[];
  /** By row, of finished rollouts; null: not judged. */
  readonly judgements: readonly (Judgement | null)[];
}

export interface GroupFacts {
  readonly asked: Asked;
  readonly seed: number;
  readonly maxNewTokens: number;
  /** Token texts by id, of those that were seen: filled in as they are told. */
  readonly tokens: string[];
  /** Names the model's weights. */
  readonly version: string;
}

/** The segments after coming tokens are drawn by another sampler from step `from` on. */
export function withSampler(segments: readonly Segment[], from: number, sampler: SamplerConfig): readonly Segment[] {
  const before = segments.filter((segment) => segment.from < from);
  const last = before.at(-1);
  return last !== undefined && JSON.stringify(last.sampler) === JSON.stringify(sampler)
    ? before
    : [...before, { from, sampler }];
}

export const isEnded = ({ ids, finished }: Rollout, { maxNewTokens }: Pick<GroupFacts, 'maxNewTokens'>): boolean =>
  finished || ids.length >= maxNewTokens;

/** The branch as the views show it: all that was drawn is revealed. */
export function shownBranch(branch: RealBranch, facts: GroupFacts): Branch {
  const { view, parent, fork, stream, segments, queuesBefore } = branch;
  const takes = segments.map(
    ({ sampler }): Take => ({
      sampler,
      seed: facts.seed,
      stream,
      maxNewTokens: facts.maxNewTokens,
      queuesBefore,
      queuesAfter: view.queues,
      rollouts: view.rollouts,
      version: facts.version,
    }),
  );
  const takeAt = (step: number) => takes[segments.findLastIndex(({ from }) => from <= step)]!;
  const strips = view.rollouts.map((rollout, row): Strip => {
    const strip = { rollout, takes: Array.from(rollout.ids, (_, step) => takeAt(step)) };
    rememberFacts(strip, factsOf(branch, row, facts));
    return strip;
  });
  const lengths = view.rollouts.map(({ ids }) => ids.length);
  return {
    id: view.id,
    parent,
    fork,
    stream,
    take: takes.at(-1)!,
    strips,
    pinned: lengths.map((_, row) => (fork?.row === row ? fork.index + 1 : 0)),
    revealed: lengths,
    open: view.rollouts.map((rollout) => !isEnded(rollout, facts)),
    trail: view.steps > leastSteps(branch) ? [{ row: 0, tokens: 1 }] : [],
  };
}

/** Tokens that cannot be taken back: the first, and in a branch those up to its fork. */
export const leastSteps = ({ fork }: Pick<RealBranch, 'fork'>): number => (fork === null ? 1 : fork.index + 1);

function factsOf({ view, judgements }: RealBranch, row: number, facts: GroupFacts): RolloutFacts {
  const rollout = view.rollouts[row]!;
  const { task } = facts.asked;
  const ended = isEnded(rollout, facts);
  if (task !== null) {
    const text = completionText(rollout.ids, { tokens: facts.tokens, special: new Set() });
    const { roles } = characterRoles(task.problem, task.task.alphabet, text);
    return { text, roles, verdict: ended ? task.problem.verify(text) : null };
  }
  const judgement = judgements[row] ?? null;
  return {
    text: view.texts[row]!,
    roles: Array.from(rollout.ids, () => null),
    verdict:
      judgement === null
        ? null
        : { reward: judgement.reward, outcome: judgement.reward === 1 ? 'ok' : outcomeOf(judgement) },
  };
}

const outcomeOf = ({ extracted }: Judgement) => (extracted === null ? 'no answer' : 'wrong answer');
