// merge: one results file of an experiment's folders, and what it says.

import type { CellResult } from '../../experiments/cellResult.ts';
import { type Measure, measuresOf } from '../../experiments/measures.ts';
import { cellName, gather, missingCells, type Results, writeResults } from '../../experiments/results.ts';
import { summaryAt } from '../../experiments/summary.ts';
import { verdictSentences } from '../../experiments/verdict.ts';
import { differences } from '../../grpo/runIdentity.ts';
import { defineCommand } from '../command.ts';
import { definitionIn, resultsIn } from '../experimentFolder.ts';
import { text, toggle } from '../flags.ts';
import { InputError, type Io, writeBytes } from '../io.ts';

/** Missing runs that are named; the others are counted. */
const MOST_NAMED = 3;

export const merge = defineCommand({
  name: 'merge',
  summary: "makes one results file of an experiment's folders",
  details: `Takes the folders of \`experiment\`, one or one for each shard, checks that they are of the same experiment, and writes
their results in its order, so that the file does not depend on who ran what (but for times). Prints a line for every
evaluation: {"measure","moment","arms":[{"name","value","low","high","n","difference":{..}}],"sentences":[..]}; intervals are
95 % over seeds, differences are paired with the baseline.`,
  flags: {
    from: text('DIR,DIR,..', 'folders of `experiment --out`'),
    out: text('FILE', 'the results file to write'),
    partial: toggle('write what is there although runs are missing'),
  },
  run: async ({ from, out, partial }, io) => {
    const folders = from.split(',').filter((folder) => folder !== '');
    if (folders.length === 0) throw new InputError('--from names no folder.');
    const experiment = await definitionIn(folders[0]!);
    const cells: CellResult[] = [];
    for (const folder of folders) {
      const different = differences(experiment, await definitionIn(folder))[0];
      if (different !== undefined)
        throw new InputError(
          `${folder} holds another experiment than ${folders[0]}: its ${different.field} is ${JSON.stringify(different.right)}, not ${JSON.stringify(different.left)}.`,
        );
      cells.push(...(await resultsIn(folder)));
    }
    const results = await gather(experiment, cells);
    checkWhole(results, partial, io);
    noteMachines(results, io);
    await writeBytes(out, new TextEncoder().encode(writeResults(results)));
    for (const measure of headlines(results)) await io.result(JSON.stringify(described(results, measure)));
  },
});

function checkWhole(results: Results, partial: boolean, io: Io): void {
  const missing = missingCells(results);
  if (missing.length === 0) return;
  const named = missing.slice(0, MOST_NAMED).map((cell) => cellName(results.experiment, cell));
  const others = missing.length - named.length;
  const sentence = `${missing.length} of ${missing.length + results.cells.length} runs are missing: ${named.join('; ')}${others > 0 ? ` and ${others} others` : ''}`;
  if (!partial || results.cells.length === 0) throw new InputError(`${sentence}; --partial writes what is there.`);
  io.note(`${sentence}.`);
}

/** Runs of several versions or machines may be compared, but one should know. */
function noteMachines({ cells }: Results, io: Io): void {
  for (const field of ['code', 'backend', 'adapter'] as const) {
    const found = [...new Set(cells.map(({ machine }) => machine[field]))];
    if (found.length > 1) io.note(`The runs are not all of one ${field}: ${found.join(', ')}.`);
  }
}

/** avg@n and the pass@k of every evaluation. */
function headlines({ cells }: Results): Measure[] {
  return measuresOf(cells).filter(({ id }) => /^eval\/.*\/(avg|pass)@\d+$/.test(id));
}

function described(results: Results, measure: Measure) {
  const { experiment } = results;
  const moment = experiment.steps === 0 ? 'before training' : `after ${experiment.steps} steps`;
  const summaries = summaryAt(results, measure, 'last');
  return {
    measure: measure.label,
    moment,
    arms: summaries.map(({ point, level, difference }) => ({ name: point.name, ...level, difference })),
    sentences: verdictSentences(summaries, experiment.baseline, measure, moment),
  };
}
