// experiment: runs the cells of an experiment, or a share of them.

import { type Cell, cellKey, cellsOf, type Experiment, shardOf } from '../../experiments/definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset, isExperimentPresetName } from '../../experiments/presets.ts';
import { cellName } from '../../experiments/results.ts';
import { type CellHost, type CellProgress, runCell } from '../../experiments/runCell.ts';
import { CODE_VERSION } from '../../grpo/codeVersion.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { BACKEND_FLAG, createEngine } from '../backend.ts';
import { defineCommand } from '../command.ts';
import {
  claimFolder,
  experimentFrom,
  keepResult,
  readShard,
  resultOf,
  runFolderOf,
  startsIn,
} from '../experimentFolder.ts';
import { type FlagValues, optionalText, text } from '../flags.ts';
import { withFolder } from '../folderLock.ts';
import { withInterrupt } from '../interrupt.ts';
import { InputError, type Io } from '../io.ts';
import { throttledNotes } from '../progress.ts';
import { runFolder } from '../runFolder.ts';

const FLAGS = {
  file: optionalText('FILE', 'the experiment as JSON (docs/EXPERIMENTS.md)'),
  preset: optionalText('NAME', `in place of --file: ${EXPERIMENT_PRESET_NAMES.join(', ')}`),
  out: text('DIR', "the experiment's folder"),
  shard: optionalText('I/N', 'only every N-th run, from the I-th on, I from 1 to N (default: all)'),
  backend: BACKEND_FLAG,
};

export const experiment = defineCommand({
  name: 'experiment',
  summary: 'runs arms x seeds, each a training run of its own, and keeps what they gave',
  details: `Writes experiment.json and cells/KEY.json, a file a run, into DIR; \`merge\` makes one file of them. Prints a line a run:
{"arm","at","seed","key","state"}, where state is "done", or "there" when DIR had its result already. The runs are
independent and each may be repeated: shards may be given the same DIR, or folders of their own on other machines. Ctrl-C
saves the run under way, exit code 130; started again, killed or not, it goes on where it was.`,
  flags: FLAGS,
  run: async (flags, io) => {
    const definition = await wanted(flags);
    const all = cellsOf(definition);
    const { shard, shards } = flags.shard === null ? { shard: 0, shards: 1 } : readShard(flags.shard);
    const cells = shardOf(all, shard, shards);
    await claimFolder(flags.out, definition);
    io.note(`${definition.name}: ${cells.length} of ${all.length} runs, ${definition.steps} steps each.`);
    await withInterrupt(async (signal) => {
      const starts = startsIn(flags.out, { backend: flags.backend, signal, io });
      for (const [i, cell] of cells.entries()) {
        signal.throwIfAborted();
        const place = `${i + 1} of ${cells.length}, ${cellName(definition, cell)}`;
        await ran(definition, cell, { flags, starts, signal, place, io });
      }
    });
  },
});

/** @throws InputError unless there is one of the two */
async function wanted({ file, preset }: FlagValues<typeof FLAGS>): Promise<Experiment> {
  if ((file === null) === (preset === null)) throw new InputError('Either --file or --preset must be given.');
  if (file !== null) return experimentFrom(file);
  if (isExperimentPresetName(preset!)) return experimentPreset(preset);
  throw new InputError(
    `There is no preset ${JSON.stringify(preset)}; the presets are ${EXPERIMENT_PRESET_NAMES.join(', ')}.`,
  );
}

interface Circumstances {
  readonly flags: FlagValues<typeof FLAGS>;
  readonly starts: CellHost['loadStart'];
  readonly signal: AbortSignal;
  /** For remarks: which cell of how many. */
  readonly place: string;
  readonly io: Io;
}

async function ran(
  definition: Experiment,
  cell: Cell,
  { flags, starts, signal, place, io }: Circumstances,
): Promise<void> {
  const { out, backend } = flags;
  const key = await cellKey(definition, cell);
  const line = (state: string) =>
    io.result(JSON.stringify({ arm: cell.arm, at: cell.at, seed: cell.seed, key, state }));
  if ((await resultOf(out, key)) !== null) {
    await line('there');
    return;
  }
  const folder = runFolderOf(out, key);
  await withFolder(folder, async () => {
    const engines: PolicyEngine[] = [];
    const note = throttledNotes(io);
    try {
      const result = await runCell(definition, cell, {
        store: runFolder(folder),
        code: CODE_VERSION,
        loadStart: starts,
        openEngine: async (_, config, parameters) => {
          const engine = await createEngine(backend, config, parameters, { ...io, note: () => {} });
          engines.push(engine);
          return engine;
        },
        signal,
        onProgress: (progress) => note(`${place}: ${described(progress, definition)}.`),
      });
      if (result === null) {
        io.note(`${place}: stopped and saved; the same command goes on from there.`);
        signal.throwIfAborted();
      } else {
        await keepResult(out, result);
        await line('done');
      }
    } finally {
      for (const engine of engines) engine.destroy();
    }
  });
}

function described({ step, doing, done, reward }: CellProgress, { steps }: Experiment): string {
  const place = steps === 0 ? '' : `step ${step} of ${steps}, `;
  const gained = reward === null ? '' : `, reward ${reward.toFixed(3)}`;
  return `${place}${doing} ${(100 * done).toFixed(0)} %${gained}`;
}
