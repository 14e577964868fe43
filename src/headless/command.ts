// A command: its flags, what it says of itself, and what it does.

import { describeFlags, type Flags, type FlagValues, parseFlags } from './flags.ts';
import type { Io } from './io.ts';

export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly help: string;
  readonly run: (args: readonly string[], io: Io) => Promise<void>;
}

export interface CommandSpec<F extends Flags> {
  readonly name: string;
  readonly summary: string;
  /** More lines for its own help: what goes in, what comes out. */
  readonly details: string;
  readonly flags: F;
  readonly run: (flags: FlagValues<F>, io: Io) => Promise<void>;
}

export function defineCommand<F extends Flags>(spec: CommandSpec<F>): Command {
  const { name, summary, details, flags } = spec;
  return {
    name,
    summary,
    help: `npm run headless -- ${name} [flags]\n${summary}\n\n${details}\n\nFlags\n${describeFlags(flags)}`,
    run: (args, io) => spec.run(parseFlags(flags, args), io),
  };
}
