// An experiment on a language model as files that others read: rollouts.jsonl (docs/RECORDS.md), and one JSON document of
// its definition and what it found.

import { completionText } from '../../grpo/completionText.ts';
import { type RolloutRecord, recordOfRollout, rolloutRecordLine } from '../../grpo/rolloutRecord.ts';
import type { Rollout } from '../../policy/engine.ts';
import { characterRoles } from '../../tasks/characterRoles.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { Role } from '../../tasks/task.ts';
import { ladderShift } from '../../temperature/ladder.ts';
import type { ModelCellResult } from './cellResult.ts';
import { batchesOf, type ModelExperiment, type ModelQuestion } from './definition.ts';
import type { ModelFindings } from './findings.ts';

const DOCUMENT_VERSION = 1;
/** `task` of a rollout whose answer was judged as mathematics. */
const MATH = 'math';

/**
 * The records of a cell. A cell is a group: group = question * arms + arm.
 * The prompt is the question in words; promptIds are what the model read.
 */
export function cellRecords(experiment: ModelExperiment, cell: ModelCellResult): RolloutRecord[] {
  const question = experiment.questions[cell.question]!;
  const { sampler } = experiment.arms[cell.arm]!;
  const roles = rolesOf(question, cell);
  const batches = batchesOf(experiment, cell.question);
  return cell.rollouts.map((rollout, member) => {
    const { reward, outcome } = cell.verdicts[member]!;
    const { from } = batches.findLast((batch) => batch.from <= member)!;
    return recordOfRollout(rollout, {
      task: question.check.kind === 'task' ? question.check.task : MATH,
      step: null,
      group: cell.question * experiment.arms.length + cell.arm,
      member,
      prompt: question.words,
      completion: cell.texts[member]!,
      role: roles(rollout),
      ladderOffset: ladderShift(sampler, member - from),
      reward,
      outcome,
      scored: null,
    });
  });
}

/** Every cell's records as lines with their ends; a cell's at a time, since all together may be long. */
export function* rolloutLines(experiment: ModelExperiment, cells: Iterable<ModelCellResult>): Generator<string> {
  for (const cell of cells)
    yield cellRecords(experiment, cell)
      .map((record) => `${rolloutRecordLine(record)}\n`)
      .join('');
}

/** Definition and findings as one JSON document. */
export const experimentDocument = (experiment: ModelExperiment, findings: ModelFindings): string =>
  `${JSON.stringify({ kind: 'model-experiment', version: DOCUMENT_VERSION, experiment, findings })}\n`;

/** True roles of a task's tokens, as far as each is one character; of mathematics nobody knows them. */
function rolesOf({ check }: ModelQuestion, { pieces }: ModelCellResult): (rollout: Rollout) => (Role | null)[] {
  if (check.kind === 'math') return ({ ids }) => Array.from(ids, () => null);
  const task = taskByName(check.task);
  const problem = taskSource(task, check.difficulty).problem('held-out', check.seed, check.index);
  const tokens: string[] = [];
  for (const [id, piece] of pieces) tokens[id] = piece;
  return ({ ids }) => {
    const text = completionText(ids, { tokens, special: new Set() });
    return [...characterRoles(problem, task.alphabet, text).roles];
  };
}
