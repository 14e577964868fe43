// One cell: a policy, trained in stretches from one evaluation to the next, and what is kept of it.
//
//   evaluate(0) -> train to 50 -> evaluate(50) -> ... -> train to the end -> evaluate -> result
//
// The run and its evaluations are written to a store as they are made, so that a cell that was stopped at any moment goes
// on where it was and ends with the same result.

import * as v from 'valibot';
import { type Evaluation, evaluatePolicy } from '../grpo/evaluation.ts';
import { type ScheduledTemperatures, scheduledTemperatures, withTemperatures } from '../grpo/ruleTemperature.ts';
import type { RunConfig } from '../grpo/runConfig.ts';
import { type RunIdentity, runHash, runName, weightsHash } from '../grpo/runIdentity.ts';
import { beginRun, METRICS_FILE, type RunLog, type RunStore, readRun, resumeRun } from '../grpo/runLog.ts';
import { continueRun } from '../grpo/runLoop.ts';
import { warningsOf } from '../grpo/sentinel.ts';
import type { MetricsRow, Trainer } from '../grpo/stages.ts';
import { createTrainer } from '../grpo/trainer.ts';
import type { Checkpoint, LoadedCheckpoint } from '../policy/checkpoint.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import type { NamedTensors } from '../policy/parameters.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import {
  CELL_VERSION,
  type CellEvaluation,
  type CellResult,
  cellEvaluationSchema,
  keptCurve,
  keptEvaluation,
} from './cellResult.ts';
import {
  type Cell,
  cellKey,
  checkedSampler,
  type Experiment,
  ExperimentError,
  evaluatedSteps,
  type PlannedEvaluation,
} from './definition.ts';

export const EVALUATIONS_FILE = 'evaluations.jsonl';

/** What a cell is run on. */
export interface CellHost {
  /** The cell's own: empty, or as a stopped cell of the same key left it. */
  readonly store: RunStore;
  readonly code: string;
  /** The policy that the cell starts from. */
  readonly loadStart: (cell: Cell) => Promise<LoadedCheckpoint>;
  /** An engine with these weights. It stays the host's, who frees it after the cell. */
  readonly openEngine: (
    purpose: 'policy' | 'reference',
    config: PolicyConfig,
    parameters: NamedTensors,
  ) => Promise<PolicyEngine>;
  /** Aborted, the cell is saved as it is between two stages. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CellProgress) => void;
}

export interface CellProgress {
  /** Training steps that are done. */
  readonly step: number;
  readonly doing: 'training' | 'evaluating';
  /** Share of the stage, or of the evaluation, that is done, in [0, 1]. */
  readonly done: number;
  /** Of the last step; null before one. */
  readonly reward: number | null;
}

/**
 * Runs a cell, or goes on with it.
 * @returns null when the signal was aborted
 * @throws ExperimentError when the policy cannot be read here; whatever a stage throws. The store then stands as saved
 */
export async function runCell(experiment: Experiment, cell: Cell, host: CellHost): Promise<CellResult | null> {
  const began = performance.now();
  const { store, signal } = host;
  const key = await cellKey(experiment, cell);
  const start = await host.loadStart(cell);
  const tokenizer = tokenizerOf(start);
  const saved = experiment.steps === 0 || (await store.length('run.json')) === null ? null : await readRun(store);
  const from = saved === null ? start : saved.checkpoint;
  const engine = await host.openEngine('policy', from.config, from.parameters);
  const identity: RunIdentity = {
    config: cell.config,
    weights: await weightsHash(start.config, start.parameters),
    source: cell.config.difficulty,
    code: host.code,
    backend: engine.backend,
    adapter: engine.adapter,
  };
  const run = await openRun(experiment, cell, { host, engine, tokenizer, from, saved, identity });
  const evaluations = await storedEvaluations(store, run?.trainer.step ?? 0);
  const parts = { experiment, cell, host, engine, tokenizer, evaluations };
  let reward: number | null = null;
  for (const step of evaluatedSteps(experiment)) {
    if (run !== null && run.trainer.step < step) {
      const end = await continueRun(run.trainer, run.log, {
        steps: step,
        ...(signal === undefined ? {} : { signal }),
        onProgress: (done) => host.onProgress?.({ step: run.trainer.step, doing: 'training', done, reward }),
        onStep: ({ metrics }) => {
          reward = metrics['reward'] ?? null;
          host.onProgress?.({ step: run.trainer.step, doing: 'training', done: 0, reward });
        },
      });
      if (end === 'interrupted') return null;
    }
    if (!(await evaluated(step, reward, parts))) return null;
  }
  const rows = run === null ? [] : await storedRows(store);
  return {
    version: CELL_VERSION,
    key,
    arm: cell.arm,
    at: [...cell.at],
    seed: cell.seed,
    config: cell.config,
    run: run === null ? null : await runHash(identity),
    weights: identity.weights,
    evaluations,
    curve: keptCurve(rows, experiment.curve),
    warnings: warningsOf(rows).map(({ sign, step }) => ({ sign, step })),
    machine: { code: host.code, backend: engine.backend, adapter: engine.adapter },
    timing: timingOf(rows, (performance.now() - began) / 1000),
  };
}

function tokenizerOf({ tokenizer, tokenizerNote }: LoadedCheckpoint): CharacterTokenizer {
  if (tokenizer === null) throw new ExperimentError(`The policy has no tokenizer that runs here. ${tokenizerNote}`);
  return tokenizer;
}

interface OpenRun {
  readonly trainer: Trainer;
  readonly log: RunLog;
}

interface OpenParts {
  readonly host: CellHost;
  readonly engine: PolicyEngine;
  readonly tokenizer: CharacterTokenizer;
  readonly from: Checkpoint;
  readonly saved: Awaited<ReturnType<typeof readRun>> | null;
  readonly identity: RunIdentity;
}

/** The run at its start or at its last save; null for an experiment that trains nothing. */
async function openRun(
  { steps }: Experiment,
  { config }: Cell,
  { host, engine, tokenizer, from, saved, identity }: OpenParts,
): Promise<OpenRun | null> {
  if (steps === 0) return null;
  // Never destroyed: its engines are the host's.
  const trainer = await createTrainer({
    engine,
    source: taskSource(taskByName(config.task), config.difficulty),
    tokenizer,
    config,
    checkpoint: from,
    ...(saved === null ? {} : { base: saved.start.parameters }),
    createReference: (parameters) => host.openEngine('reference', from.config, parameters),
  });
  if (saved !== null) return { trainer, log: await resumeRun(host.store, saved, trainer, identity) };
  const header = { name: runName(config), hash: await runHash(identity), identity, rolloutsEvery: 0, continued: [] };
  return { trainer, log: await beginRun(host.store, header, trainer) };
}

interface EvaluateParts {
  readonly experiment: Experiment;
  readonly cell: Cell;
  readonly host: CellHost;
  readonly engine: PolicyEngine;
  readonly tokenizer: CharacterTokenizer;
  /** Made so far; grows. */
  readonly evaluations: CellEvaluation[];
}

/** Makes the evaluations of a step that are not there yet. @returns false when the signal was aborted */
async function evaluated(step: number, reward: number | null, parts: EvaluateParts): Promise<boolean> {
  const { experiment, cell, host, engine, tokenizer, evaluations } = parts;
  const { config, seed } = cell;
  const { n, prompts, samplers } = experiment.evaluation;
  const { store, signal } = host;
  for (const planned of samplers) {
    if (evaluations.some((made) => made.step === step && made.name === planned.name)) continue;
    if (signal?.aborted) return false;
    let evaluation: Evaluation;
    try {
      evaluation = await evaluatePolicy({
        engine,
        tokenizer,
        source: taskSource(taskByName(config.task), config.difficulty),
        sampler: await samplerOf(planned.sampler, cell, store, engine),
        maxNewTokens: config.maxNewTokens,
        n,
        k: [],
        prompts,
        seed,
        ...(signal === undefined ? {} : { signal }),
        onProgress: (done) => host.onProgress?.({ step, doing: 'evaluating', done, reward }),
      });
    } catch (cause) {
      if (signal?.aborted) return false;
      throw cause;
    }
    const kept = keptEvaluation(evaluation, step, planned.name);
    await store.append(EVALUATIONS_FILE, new TextEncoder().encode(`${JSON.stringify(kept)}\n`));
    evaluations.push(kept);
  }
  return true;
}

async function samplerOf(
  planned: PlannedEvaluation['sampler'],
  { config }: Cell,
  store: RunStore,
  engine: PolicyEngine,
): Promise<SamplerConfig> {
  if (planned !== 'rule') return checkedSampler(planned);
  const last = (await storedRows(store)).at(-1);
  return withTemperatures(
    config.sampler,
    last === undefined
      ? scheduledTemperatures(config, 0, null, engine.config.vocabulary)
      : temperaturesOf(last, config),
  );
}

/** The temperatures that a finished step drew with. */
function temperaturesOf(row: MetricsRow, { schedules }: RunConfig): ScheduledTemperatures {
  return Object.fromEntries(
    (['high', 'low', 'tau'] as const).flatMap((name) => {
      const tau = row[`temperature/${name}`];
      return schedules[name] === null || typeof tau !== 'number' ? [] : [[name, tau]];
    }),
  );
}

async function lines(store: RunStore, file: string): Promise<unknown[]> {
  const bytes = await store.read(file);
  if (bytes === null) return [];
  const text = new TextDecoder().decode(bytes);
  // A line that a crash tore has no end.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

async function storedRows(store: RunStore): Promise<MetricsRow[]> {
  return (await lines(store, METRICS_FILE)) as MetricsRow[];
}

/** The evaluations of the steps up to `step`; later ones and a torn line are cut off. */
async function storedEvaluations(store: RunStore, step: number): Promise<CellEvaluation[]> {
  const there = (await lines(store, EVALUATIONS_FILE)).map((line) => v.parse(cellEvaluationSchema, line));
  const kept = there.filter((evaluation) => evaluation.step <= step);
  const bytes = new TextEncoder().encode(kept.map((evaluation) => `${JSON.stringify(evaluation)}\n`).join(''));
  if (bytes.length !== ((await store.length(EVALUATIONS_FILE)) ?? 0)) await store.put(EVALUATIONS_FILE, bytes);
  return kept;
}

function timingOf(rows: readonly MetricsRow[], seconds: number): CellResult['timing'] {
  const medianOf = (name: string): number | null => {
    const values = rows.flatMap((row) => row[name] ?? []).sort((a, b) => a - b);
    return values.length === 0 ? null : (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2;
  };
  const worked = rows.reduce((sum, row) => sum + (row['step_time'] ?? 0), 0);
  const tokens = rows.at(-1)?.['num_tokens'] ?? null;
  return {
    seconds,
    step: medianOf('step_time'),
    collect: medianOf('time/collect'),
    score: medianOf('time/score'),
    update: medianOf('time/update'),
    tokensPerSecond: tokens === null || worked === 0 ? null : tokens / worked,
  };
}
