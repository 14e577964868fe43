// What `train` is asked for: its flags, the run config that they come to, and whether a run that is there is that run.

import { isPresetName, PRESET_NAMES, PRESETS } from '../grpo/presets.ts';
import { parseRunConfig, type RunConfig, RunConfigError } from '../grpo/runConfig.ts';
import { differences, weightsHash } from '../grpo/runIdentity.ts';
import type { SavedRun } from '../grpo/runLog.ts';
import { parseStrictJson } from '../policy/strictJson.ts';
import { BACKEND_FLAG } from './backend.ts';
import { type FlagValues, optionalText, text, toggle, whole, wholeOr } from './flags.ts';
import { InputError, readBytes } from './io.ts';
import { readModel } from './modelFolder.ts';
import { PROBLEMS_FLAGS } from './problemsFile.ts';

export const TRAIN_FLAGS = {
  out: text('DIR', "the run's folder"),
  steps: whole('steps that the run is to have in all', { least: 1 }),
  config: optionalText('FILE', 'the run config as JSON (default: every default; with --resume: as it began)'),
  preset: optionalText('NAME', `what the config starts from: ${PRESET_NAMES.join(', ')}`),
  task: optionalText('NAME', "replaces the config's task"),
  seed: wholeOr(null, "replaces the config's seed"),
  model: optionalText('DIR', "checkpoint folder to start from (default: the task's base, public/bases/TASK)"),
  ...PROBLEMS_FLAGS,
  resume: toggle('go on with the run in DIR from its last save'),
  rollouts: wholeOr(null, 'write the rollouts of every N-th step, 0: none (default: 1; with --resume: as it began)'),
  change: optionalText('LIST', 'changes between steps, such as 20:high=1.4,20:low=0.8,50:learningRate=1e-4'),
  backend: BACKEND_FLAG,
};

export type TrainFlags = FlagValues<typeof TRAIN_FLAGS>;

/**
 * The config that the flags ask for.
 * @param present what a run has already, which is asked for where the flags are silent
 * @throws InputError, RunConfigError, JsonError
 */
export async function wantedConfig(flags: TrainFlags, present: RunConfig | null): Promise<RunConfig> {
  const { config: file, preset, task, seed } = flags;
  if (preset !== null && !isPresetName(preset))
    throw new InputError(`There is no preset ${JSON.stringify(preset)}; the presets are ${PRESET_NAMES.join(', ')}.`);
  const content = file === null ? {} : parseStrictJson(await readBytes(file), file);
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new InputError(`${file}: a JSON object with settings is expected.`);
  try {
    return parseRunConfig({
      ...(file === null && preset === null ? present : {}),
      // A preset is of any task and seed.
      ...(preset === null || present === null
        ? {}
        : { task: present.task, difficulty: present.difficulty, seed: present.seed }),
      ...(preset === null ? {} : PRESETS[preset].config),
      ...content,
      ...(task === null ? {} : { task }),
      ...(seed === null ? {} : { seed }),
    });
  } catch (error) {
    throw error instanceof RunConfigError && file !== null ? new InputError(`${file}: ${error.message}`) : error;
  }
}

/** @throws InputError when the flags ask for another run than the one that is there */
export async function checkSame(flags: TrainFlags, { header, start }: SavedRun): Promise<void> {
  const { identity, rolloutsEvery } = header;
  const refuse = (what: string, is: unknown, wanted: unknown) =>
    new InputError(
      `The run in ${flags.out} has ${what} ${JSON.stringify(is)}, but ${JSON.stringify(wanted)} is asked for; another run needs another folder.`,
    );
  if (flags.task !== null && flags.task !== identity.config.task)
    throw refuse('task', identity.config.task, flags.task);
  const different = differences(identity.config, await wantedConfig(flags, identity.config))[0];
  if (different !== undefined) throw refuse(different.field, different.left ?? null, different.right ?? null);
  if (flags.rollouts !== null && flags.rollouts !== rolloutsEvery)
    throw refuse('--rollouts', rolloutsEvery, flags.rollouts);
  if (flags.model === null) return;
  const model = await readModel(flags.model);
  if ((await weightsHash(model.config, model.parameters)) !== (await weightsHash(start.config, start.parameters)))
    throw new InputError(`The run in ${flags.out} started from other weights than those of ${flags.model}.`);
}
