// The headless program without its process: arguments in, an exit code out.

import { ExperimentError } from '../experiments/definition.ts';
import { RunConfigError } from '../grpo/runConfig.ts';
import { RunLogError } from '../grpo/runLog.ts';
import { ResumeError } from '../grpo/savedRun.ts';
import { CheckpointError } from '../policy/checkpoint.ts';
import { PolicyConfigError } from '../policy/config.ts';
import { SafetensorsError } from '../policy/safetensors.ts';
import { JsonError } from '../policy/strictJson.ts';
import { TokenizerError } from '../policy/tokenizer.ts';
import { SamplerConfigError } from '../temperature/config.ts';
import type { Command } from './command.ts';
import { evaluate } from './commands/evaluate.ts';
import { experiment } from './commands/experiment.ts';
import { generate } from './commands/generate.ts';
import { grad } from './commands/grad.ts';
import { init } from './commands/init.ts';
import { merge } from './commands/merge.ts';
import { pretrain } from './commands/pretrain.ts';
import { sample } from './commands/sample.ts';
import { score } from './commands/score.ts';
import { train } from './commands/train.ts';
import { INTERRUPTED_CODE, Interrupted } from './interrupt.ts';
import { InputError, type Io } from './io.ts';

const COMMANDS: readonly Command[] = [
  init,
  pretrain,
  train,
  experiment,
  merge,
  evaluate,
  score,
  grad,
  sample,
  generate,
];

const USAGE = `npm run headless -- COMMAND [flags]

Commands
${COMMANDS.map((c) => `  ${c.name.padEnd(12)}${c.summary}`).join('\n')}

npm run headless -- COMMAND --help explains one. Results are JSON lines on stdout, remarks go to stderr.
docs/HEADLESS.md describes the files.`;

/** What the user gave was refused. */
const REFUSED = 2;
/** What was asked for could not be done. */
const FAILED = 1;

const REFUSALS = [
  InputError,
  CheckpointError,
  PolicyConfigError,
  SafetensorsError,
  JsonError,
  TokenizerError,
  SamplerConfigError,
  ExperimentError,
  RunConfigError,
  RunLogError,
  ResumeError,
];

/** Runs one command; every failure becomes one sentence on stderr. @returns the exit code */
export async function runHeadless(args: readonly string[], io: Io): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === undefined) throw new InputError(`A command is missing; the commands are ${commandNames()}.`);
    if (name === 'help' || name === '--help' || name === '-h') {
      await io.result(USAGE);
      return 0;
    }
    const command = COMMANDS.find((c) => c.name === name);
    if (command === undefined)
      throw new InputError(`There is no command ${JSON.stringify(name)}; the commands are ${commandNames()}.`);
    if (rest.includes('--help') || rest.includes('-h')) await io.result(command.help);
    else await command.run(rest, io);
    return 0;
  } catch (error) {
    io.note(error instanceof Error ? error.message : String(error));
    if (error instanceof Interrupted) return INTERRUPTED_CODE;
    return REFUSALS.some((kind) => error instanceof kind) ? REFUSED : FAILED;
  }
}

function commandNames(): string {
  return COMMANDS.map((c) => c.name).join(', ');
}
