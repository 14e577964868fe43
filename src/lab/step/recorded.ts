// A group that a file holds, shown without the policy that sampled it: what the record says is all that is known.

import { groupAdvantages } from '../../grpo/advantage.ts';
import { rolloutOfRecord } from '../../grpo/rolloutRecord.ts';
import { scoredRollouts } from '../../grpo/stepUnderWay.ts';
import { taskTokenizer } from '../../policy/taskTokenizer.ts';
import { tasks } from '../../tasks/index.ts';
import type { Branch } from './branches.ts';
import { rememberFacts } from './facts.ts';
import type { RecordedGroup } from './files.ts';
import type { ShownGroup } from './group.ts';
import type { GroupScore } from './groupScore.ts';
import type { Strip } from './take.ts';

/** Token texts by id: the task's, where it is one of ours and reads the ids as the record does; else from the text. */
function tokensOf({ rollouts }: RecordedGroup): {
  readonly tokens: readonly string[];
  readonly special: readonly string[];
} {
  const task = tasks.find(({ name }) => name === rollouts[0]!.task);
  if (task !== undefined) {
    const { tokens, special } = taskTokenizer(task);
    const reads = (ids: readonly number[]) => ids.map((id) => tokens[id] ?? '').join('');
    if (rollouts.every(({ ids, completion }) => reads(ids) === completion)) return { tokens, special: [...special] };
  }
  const tokens: string[] = [];
  for (const { ids, completion, promptIds, prompt } of rollouts)
    for (const [list, text] of [
      [ids, completion],
      [promptIds, prompt],
    ] as const) {
      const characters = [...text];
      // Only where one id is one character does the text say which is which.
      if (characters.length === list.length)
        list.forEach((id, t) => {
          tokens[id] = characters[t]!;
        });
    }
  return { tokens: Array.from(tokens, (token, id) => token ?? `#${id}`), special: [] };
}

/** The group as it is shown: all revealed, one branch. */
export function recordedGroup(recorded: RecordedGroup): ShownGroup {
  const { rollouts } = recorded;
  const { task: name, prompt, promptIds } = rollouts[0]!;
  const task = tasks.find((known) => known.name === name) ?? null;
  const view = { ...tokensOf(recorded), version: `recorded ${recorded.name} ${recorded.step} ${recorded.group}` };
  const strips = rollouts.map((record, row): Strip => {
    const rollout = { ...rolloutOfRecord(record, row), group: 0 };
    const strip = { rollout, takes: record.ids.map(() => null) };
    const { completion: text, role: roles, reward, outcome } = record;
    rememberFacts(strip, { text, roles, verdict: { reward, outcome } });
    return strip;
  });
  const lengths = rollouts.map(({ ids }) => ids.length);
  const branch: Branch = {
    id: 0,
    parent: null,
    fork: null,
    stream: 0,
    take: null,
    strips,
    pinned: lengths,
    revealed: lengths,
    open: lengths.map(() => false),
    trail: lengths.map((tokens, row) => ({ row, tokens })),
  };
  const problem = { prompt, verify: () => ({ reward: 0, outcome: 'unfinished' as const }), roles: () => [] };
  const posed = { task, title: task?.title ?? name, problem, promptIds: Int32Array.from(promptIds) };
  return { posed, view, branches: [branch], current: 0, recorded };
}

/** What the trainer that wrote the record says of its score; null where it says nothing. */
export function recordedScore({ rollouts }: RecordedGroup): GroupScore | null {
  if (rollouts.some(({ scored }) => scored === null)) return null;
  const [summary] = groupAdvantages(
    rollouts.map(({ reward }) => reward),
    rollouts.map(() => 0),
    'std',
  ).groups;
  return {
    updates: 0,
    rollouts: scoredRollouts(rollouts),
    coefficients: null,
    weights: null,
    loss: null,
    rewardMean: summary!.mean,
    rewardStd: summary!.std,
    auditMean: null,
    auditMax: null,
  };
}
