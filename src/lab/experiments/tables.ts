// Results as tables for other programs: a line an evaluation, a line a point of the curves. Loaded only when it is asked
// for: it brings the zip library.

import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-custom.js';
import type { CellResult } from '../../experiments/cellResult.ts';
import { type CsvValue, csvText } from '../../experiments/csv.ts';
import { type Results, writeResults } from '../../experiments/results.ts';
import { averageAtN, mean, passAtK } from '../../grpo/statistics.ts';
import type { SavedFile } from './calls.ts';
import { fileName } from './files.ts';

configure({ useWebWorkers: false });

export const RESULTS_FILE = 'results.json';
export const EVALUATIONS_TABLE = 'evaluations.csv';
export const CURVES_TABLE = 'curves.csv';

type Row = readonly CsvValue[];

/** Which cell: its arm, its value of each axis, its seed. */
const placeNames = ({ experiment }: Results) => ['arm', ...experiment.sweep.map(({ field }) => field), 'seed'];
const placeOf = ({ arm, at, seed }: CellResult): Row => [arm, ...at, seed];

/** Empty: not defined. */
export function evaluationsCsv(results: Results): string {
  const head = ['step', 'evaluation', 'prompts', 'n', 'avg@n', 'pass@n', 'greedy', 'mean_length'];
  const entropies = ['entropy', 'entropy/fork', 'entropy/knowledge', 'entropy/format'];
  const rest = ['knowledge_right', 'gate/precision', 'gate/recall'];
  const rows = results.cells.flatMap((cell) =>
    cell.evaluations.map(({ step, name, n, correct, greedy, meanLength, entropyNats, knowledgeRight, gate }): Row => {
      const pass = mean(correct.map((count) => passAtK(n, count, n)));
      const entropy = [entropyNats.all, entropyNats.fork, entropyNats.knowledge, entropyNats.format];
      const measured = [correct.length, n, averageAtN(correct, n), pass, greedy, meanLength];
      return [...placeOf(cell), step, name, ...measured, ...entropy, knowledgeRight, gate.precision, gate.recall];
    }),
  );
  return csvText([[...placeNames(results), ...head, ...entropies, ...rest], ...rows]);
}

/** Means over steps `from` to `to` (without `to`); empty: not defined. */
export function curvesCsv(results: Results): string {
  const names = [...new Set(results.cells.flatMap(({ curve }) => Object.keys(curve.metrics)))];
  const { steps } = results.experiment;
  const rows = results.cells.flatMap((cell) => {
    const { every, metrics } = cell.curve;
    const points = Math.max(0, ...Object.values(metrics).map(({ length }) => length));
    return Array.from({ length: points }, (_, i): Row => {
      const span = [i * every, Math.min((i + 1) * every, steps)];
      return [...placeOf(cell), ...span, ...names.map((name) => metrics[name]?.[i] ?? null)];
    });
  });
  return csvText([[...placeNames(results), 'from', 'to', ...names], ...rows]);
}

/** The results and both tables in one file. */
export async function tablesFile(results: Results): Promise<SavedFile> {
  const zip = new ZipWriter(new BlobWriter('application/zip'));
  const add = (name: string, text: string) => zip.add(name, new Uint8ArrayReader(new TextEncoder().encode(text)));
  await add(RESULTS_FILE, writeResults(results));
  await add(EVALUATIONS_TABLE, evaluationsCsv(results));
  await add(CURVES_TABLE, curvesCsv(results));
  return { name: `${fileName(results.experiment)}.zip`, file: await zip.close() };
}
