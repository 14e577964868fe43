// An experiment's definition and the results of its cells, as one file.

import * as v from 'valibot';
import { differences } from '../grpo/runIdentity.ts';
import { describeIssue, JsonError, parseStrictJson } from '../policy/strictJson.ts';
import { type CellResult, cellResultSchema } from './cellResult.ts';
import {
  type Cell,
  cellKey,
  cellsOf,
  type Experiment,
  ExperimentError,
  parseExperiment,
  pointName,
} from './definition.ts';

export const RESULTS_VERSION = 1;

export interface Results {
  readonly experiment: Experiment;
  /** In the order of cellsOf; cells that were not made yet are left out. */
  readonly cells: readonly CellResult[];
}

const fileSchema = v.strictObject({
  version: v.literal(RESULTS_VERSION),
  experiment: v.unknown(),
  cells: v.array(cellResultSchema),
});

/** What names a cell to a reader: `fixed 1, seed 3`. */
export function cellName(experiment: Experiment, cell: Pick<Cell, 'arm' | 'at' | 'seed'>): string {
  return `${pointName(experiment, cell)}, seed ${cell.seed}`;
}

/**
 * Puts results of cells, from any number of machines, in the experiment's order. A cell that is there twice is taken
 * once.
 * @throws ExperimentError when a result is of no cell of this experiment
 */
export async function gather(experiment: Experiment, results: readonly CellResult[]): Promise<Results> {
  const cells = cellsOf(experiment);
  const keys = await Promise.all(cells.map((cell) => cellKey(experiment, cell)));
  const places = new Map(keys.map((key, i) => [key, i]));
  const found = new Map<number, CellResult>();
  for (const result of results) {
    const place = places.get(result.key);
    const cell = place === undefined ? undefined : cells[place];
    if (
      cell === undefined ||
      differences(
        { config: cell.config, arm: cell.arm, at: cell.at },
        { config: result.config, arm: result.arm, at: result.at },
      ).length > 0
    )
      throw new ExperimentError(
        `The result of ${result.arm}, seed ${result.seed} is of another experiment than ${experiment.name}.`,
      );
    if (!found.has(place!)) found.set(place!, result);
  }
  return { experiment, cells: [...found].sort(([a], [b]) => a - b).map(([, result]) => result) };
}

/** The cells that have no result yet. */
export function missingCells({ experiment, cells }: Results): Cell[] {
  const made = new Set(cells.map((cell) => cellName(experiment, cell)));
  return cellsOf(experiment).filter((cell) => !made.has(cellName(experiment, cell)));
}

/** As text, a line a cell: small differences stay small in a version control system. */
export function writeResults({ experiment, cells }: Results): string {
  const head = JSON.stringify({ version: RESULTS_VERSION, experiment }).slice(0, -1);
  return `${head},"cells":[\n${cells.map((cell) => JSON.stringify(cell)).join(',\n')}\n]}\n`;
}

/**
 * Reads what writeResults wrote, and checks that every result is of a cell of the experiment.
 * @param label names the file in messages
 * @throws ExperimentError, one sentence
 */
export async function readResults(bytes: Uint8Array, label: string): Promise<Results> {
  const value = jsonOf(bytes, label);
  const result = v.safeParse(fileSchema, value);
  if (!result.success) throw new ExperimentError(`${label} holds no results: ${describeIssue(result.issues, 'it')}.`);
  try {
    return await gather(parseExperiment(result.output.experiment), result.output.cells);
  } catch (cause) {
    throw cause instanceof ExperimentError ? new ExperimentError(`${label}: ${cause.message}`) : cause;
  }
}

/** @throws ExperimentError, one sentence */
export function readExperiment(bytes: Uint8Array, label: string): Experiment {
  const value = jsonOf(bytes, label);
  try {
    return parseExperiment(value);
  } catch (cause) {
    throw cause instanceof ExperimentError ? new ExperimentError(`${label}: ${cause.message}`) : cause;
  }
}

function jsonOf(bytes: Uint8Array, label: string): unknown {
  try {
    return parseStrictJson(bytes, label);
  } catch (cause) {
    throw cause instanceof JsonError ? new ExperimentError(cause.message) : cause;
  }
}
