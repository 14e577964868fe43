// A trainer on the worker's machine: made from a policy, or from a save.

import { CODE_VERSION } from '../../grpo/codeVersion.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { RunIdentity } from '../../grpo/runIdentity.ts';
import { ResumeError } from '../../grpo/savedRun.ts';
import type { Trainer } from '../../grpo/stages.ts';
import { createTrainer } from '../../grpo/trainer.ts';
import type { Checkpoint } from '../../policy/checkpoint.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { EngineHost } from '../engine/host.ts';

/** The worker's machine, as far as training needs it. */
export type TrainHost = Pick<EngineHost, 'engine'>;

export interface OpenTrainer {
  readonly trainer: Trainer;
  readonly engine: PolicyEngine;
}

/**
 * A trainer where the checkpoint stands.
 *
 * Its engines are the host's: `trainer.destroy()` must not be called, for it would take them from the next run.
 * @param base the weights that the run started from; null where the checkpoint is that start
 * @throws Error, one sentence
 */
export async function openTrainer(
  host: TrainHost,
  config: RunConfig,
  checkpoint: Checkpoint,
  base: NamedTensors | null,
): Promise<OpenTrainer> {
  const { tokenizer } = checkpoint;
  if (tokenizer === null)
    throw new ResumeError('This policy has no tokenizer that runs here, so it cannot be trained.');
  const engine = await host.engine('train', checkpoint.config);
  const trainer = await createTrainer({
    engine,
    source: taskSource(taskByName(config.task), config.difficulty),
    tokenizer,
    config,
    checkpoint,
    ...(base === null ? {} : { base }),
    createReference: async (parameters) => {
      const reference = await host.engine('reference', checkpoint.config);
      await reference.loadParameters(parameters);
      return reference;
    },
  });
  return { trainer, engine };
}

/** What a run goes on with. */
export function machineOf({ backend, adapter }: PolicyEngine): Pick<RunIdentity, 'code' | 'backend' | 'adapter'> {
  return { code: CODE_VERSION, backend, adapter };
}
