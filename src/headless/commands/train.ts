// train: GRPO from a base policy, with the whole record of the run in a folder.

import { CODE_VERSION } from '../../grpo/codeVersion.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import { differences, type RunIdentity, runHash, runName, shortHash, weightsHash } from '../../grpo/runIdentity.ts';
import { beginRun, checkFree, type RunLog, RunLogError, type RunStore, readRun, resumeRun } from '../../grpo/runLog.ts';
import { continueRun, type PlannedChange } from '../../grpo/runLoop.ts';
import type { MetricsRow, Trainer } from '../../grpo/stages.ts';
import { createTrainer, type TrainerParts } from '../../grpo/trainer.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import type { CharacterTokenizer } from '../../policy/tokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { type ProblemSource, taskSource } from '../../tasks/source.ts';
import { type BackendChoice, createEngine } from '../backend.ts';
import { defineCommand } from '../command.ts';
import { withFolder } from '../folderLock.ts';
import { withInterrupt } from '../interrupt.ts';
import { InputError, type Io } from '../io.ts';
import { readModel } from '../modelFolder.ts';
import { checkChanges, plannedChanges } from '../plannedChanges.ts';
import { readProblems } from '../problemsFile.ts';
import { throttledNotes } from '../progress.ts';
import { runFolder } from '../runFolder.ts';
import { shippedBase } from '../shippedBase.ts';
import { checkSame, TRAIN_FLAGS, type TrainFlags, wantedConfig } from '../trainSettings.ts';

interface Request {
  readonly flags: TrainFlags;
  readonly changes: readonly PlannedChange[];
  readonly store: RunStore;
  /** Every engine that is made goes in here, to be destroyed in the end. */
  readonly engines: PolicyEngine[];
  readonly io: Io;
}

/** A run that may take its next stage. */
interface OpenRun {
  readonly trainer: Trainer;
  readonly log: RunLog;
}

export const train = defineCommand({
  name: 'train',
  summary: 'trains a policy by GRPO on a task, and keeps the record of it',
  details: `Writes run.json, metrics.jsonl, rollouts.jsonl, annotations.jsonl and checkpoints/ into DIR (docs/RECORDS.md). Prints the
metrics of every step as it is done, a line each, as in metrics.jsonl. Ctrl-C saves between two stages and exits with 130,
a second one exits at once; killed at any moment, the run goes on from its last save. With --resume it ends up with the
files that it would have had without a break.`,
  flags: TRAIN_FLAGS,
  run: async (flags, io) => {
    const changes = plannedChanges(flags.change);
    const engines: PolicyEngine[] = [];
    const request = { flags, changes, store: runFolder(flags.out), engines, io };
    await withFolder(flags.out, async () => {
      try {
        const { trainer, log } = await (flags.resume ? resumed(request) : begun(request));
        try {
          await withInterrupt((signal) => trained(flags, trainer, log, { changes, signal, io }));
        } finally {
          trainer.destroy();
        }
      } finally {
        for (const engine of engines) engine.destroy();
      }
    });
  },
});

async function begun({ flags, changes, store, engines, io }: Request): Promise<OpenRun> {
  const config = await wantedConfig(flags, null);
  await checkFree(store).catch(inFolder(flags.out));
  const folder = flags.model ?? shippedBase(config.task);
  const checkpoint = await readModel(folder);
  const source = await sourceOf(flags, config);
  const engine = await createEngine(flags.backend, checkpoint.config, checkpoint.parameters, io);
  engines.push(engine);
  const trainer = await createTrainer(
    trainerParts({ config, source, checkpoint, folder, engine, backend: flags.backend, io }),
  );
  checkChanges(changes, trainer, flags.steps);
  const identity: RunIdentity = {
    config,
    weights: await weightsHash(checkpoint.config, checkpoint.parameters),
    source: source.label,
    code: CODE_VERSION,
    backend: engine.backend,
    adapter: engine.adapter,
  };
  const hash = await runHash(identity);
  const name = runName(config);
  io.note(`Run ${shortHash(hash)}: ${name}.`);
  const header = { name, hash, identity, rolloutsEvery: flags.rollouts ?? 1, continued: [] };
  return { trainer, log: await beginRun(store, header, trainer) };
}

async function resumed({ flags, changes, store, engines, io }: Request): Promise<OpenRun> {
  const run = await readRun(store).catch(inFolder(flags.out));
  const { identity, rolloutsEvery, continued, hash, name } = run.header;
  await checkSame(flags, run);
  const before = continued.at(-1) ?? identity;
  const backend = flags.backend === 'auto' ? before.backend : flags.backend;
  const source = await sourceOf(flags, identity.config);
  const engine = await createEngine(backend, run.checkpoint.config, run.checkpoint.parameters, io);
  engines.push(engine);
  const { checkpoint, start } = run;
  const parts = trainerParts({ config: identity.config, source, checkpoint, folder: flags.out, engine, backend, io });
  const trainer = await createTrainer({ ...parts, base: start.parameters });
  checkChanges(changes, trainer, flags.steps);
  const machine = { code: CODE_VERSION, backend: engine.backend, adapter: engine.adapter };
  const other = differences({ code: before.code, backend: before.backend, adapter: before.adapter }, machine)[0];
  if (other !== undefined)
    io.note(
      `The run was on ${other.field} ${other.left} before and goes on with ${other.right}, so its tokens may differ from here on.`,
    );
  const rollouts = rolloutsEvery === 0 ? 'no' : rolloutsEvery === 1 ? 'all' : `every ${rolloutsEvery} steps the`;
  io.note(
    `Run ${shortHash(hash)}: ${name}; goes on in step ${run.step} with ${run.stage}; ${rollouts} rollouts are written.`,
  );
  return { trainer, log: await resumeRun(store, run, trainer, machine).catch(inFolder(flags.out)) };
}

/** The task's own problems, or those of --problems. @throws InputError when none of them may be trained on */
async function sourceOf({ problems, verifier }: TrainFlags, config: RunConfig): Promise<ProblemSource> {
  const task = taskByName(config.task);
  return problems === null ? taskSource(task, config.difficulty) : readProblems(problems, task, verifier, 'training');
}

interface Ingredients {
  readonly config: RunConfig;
  readonly source: ProblemSource;
  readonly checkpoint: LoadedCheckpoint;
  /** Where the checkpoint is, for messages. */
  readonly folder: string;
  readonly engine: PolicyEngine;
  readonly backend: BackendChoice;
  readonly io: Io;
}

function trainerParts({ config, source, checkpoint, folder, engine, backend, io }: Ingredients): TrainerParts {
  return {
    engine,
    source,
    tokenizer: tokenizerOf(checkpoint, folder),
    config,
    checkpoint,
    createReference: (parameters) => createEngine(backend, checkpoint.config, parameters, io),
  };
}

function tokenizerOf({ tokenizer, tokenizerNote }: LoadedCheckpoint, folder: string): CharacterTokenizer {
  if (tokenizer === null) throw new InputError(`${folder} has no tokenizer that runs here. ${tokenizerNote}`);
  return tokenizer;
}

interface Training {
  readonly changes: readonly PlannedChange[];
  readonly signal: AbortSignal;
  readonly io: Io;
}

async function trained(
  { steps, out }: TrainFlags,
  trainer: Trainer,
  log: RunLog,
  { changes, signal, io }: Training,
): Promise<void> {
  const note = throttledNotes(io);
  // Begun anew with every stage: of a stage that takes less than a second nothing is said.
  let progress = throttledNotes(io);
  if (trainer.step >= steps) io.note(`The run in ${out} has ${trainer.step} steps already.`);
  let tokensBefore = trainer.step === 0 ? 0 : null;
  const end = await continueRun(trainer, log, {
    steps,
    changes,
    signal,
    onStage: () => {
      progress = throttledNotes(io);
    },
    onProgress: (done) => progress(`${trainer.step} of ${steps} steps; ${trainer.next} ${(100 * done).toFixed(0)} %.`),
    onChange: ({ step, stage: _, ...change }) => io.note(`Before step ${step}: ${JSON.stringify(change)}.`),
    onStep: async ({ metrics }) => {
      note(`${trainer.step} of ${steps} steps; ${described(metrics, tokensBefore)}.`);
      tokensBefore = metrics['num_tokens'] ?? null;
      await io.result(JSON.stringify(metrics));
    },
  });
  io.note(
    end === 'finished'
      ? `${trainer.step} steps are done; ${out} holds the run.`
      : `Stopped and saved in step ${trainer.step}, before ${trainer.next}; --resume goes on from there.`,
  );
}

function described(metrics: MetricsRow, tokensBefore: number | null): string {
  const figure = (name: string, digits: number) => metrics[name]?.toFixed(digits) ?? '-';
  const [tokens, seconds] = [metrics['num_tokens'] ?? null, metrics['step_time'] ?? null];
  const pace =
    tokens === null || tokensBefore === null || seconds === null
      ? ''
      : `, ${((tokens - tokensBefore) / seconds).toFixed(0)} tokens/s`;
  return `reward ${figure('reward', 3)}, entropy ${figure('entropy', 3)} nats, gradient norm ${figure('grad_norm', 3)}${pace}`;
}

/** Says of what is wrong with a run's files where they are. */
function inFolder(folder: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof RunLogError ? new InputError(`${folder}: ${error.message}`) : error;
  };
}
