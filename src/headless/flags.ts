// Command-line flags: a table of them is at once the parser, the type of the result and the help text.

import { InputError } from './io.ts';

export interface Flag<T> {
  /** What the value is called in the help; null: a switch without a value. */
  readonly placeholder: string | null;
  readonly help: string;
  /** The value when the flag is not given; null: it must be given. */
  readonly initial: { readonly value: T } | null;
  /** Reads the text of the value, or throws InputError. `name` is the flag with its dashes. */
  readonly read: (text: string, name: string) => T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** A text that must be given. */
export function text(placeholder: string, help: string): Flag<string> {
  return { placeholder, help, initial: null, read: (value) => value };
}

/** A text, or null. */
export function optionalText(placeholder: string, help: string): Flag<string | null> {
  return { placeholder, help, initial: { value: null }, read: (value) => value };
}

export interface WholeNumberRange {
  readonly least?: number;
  readonly most?: number;
}

function readWhole(
  value: string,
  name: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: WholeNumberRange,
): number {
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || !(number >= least && number <= most))
    throw new InputError(`${name} takes a whole number from ${least} to ${most}, but it is ${JSON.stringify(value)}.`);
  return number;
}

/** A whole number that must be given. */
export function whole(help: string, range: WholeNumberRange = {}): Flag<number> {
  return { placeholder: 'N', help, initial: null, read: (value, name) => readWhole(value, name, range) };
}

/** A whole number with a default. */
export function wholeOr<T>(initial: T, help: string, range: WholeNumberRange = {}): Flag<number | T> {
  return { placeholder: 'N', help, initial: { value: initial }, read: (value, name) => readWhole(value, name, range) };
}

export interface RealRange {
  readonly least: number;
  readonly most: number;
  /** Whether `least` itself is refused. Default false. */
  readonly above?: boolean;
}

function readReal(value: string, name: string, { least, most, above = false }: RealRange): number {
  const number = Number(value);
  const isRead = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
  if (!isRead || number < least || number > most || (above && number === least))
    throw new InputError(
      `${name} takes a number ${above ? 'above' : 'from'} ${least} ${above ? 'and up ' : ''}to ${most}, but it is ${JSON.stringify(value)}.`,
    );
  return number;
}

/** A number with a default. */
export function realOr<T>(initial: T, help: string, range: RealRange): Flag<number | T> {
  return { placeholder: 'X', help, initial: { value: initial }, read: (value, name) => readReal(value, name, range) };
}

/** Several, with commas between them, or null. Each may be given once. */
function severalOf(
  placeholder: string,
  help: string,
  readOne: (text: string, name: string) => number,
): Flag<readonly number[] | null> {
  return {
    placeholder,
    help,
    initial: { value: null },
    read: (text, name) => {
      const values = text.split(',').map((part) => readOne(part.trim(), name));
      const twice = values.find((value, i) => values.indexOf(value) < i);
      if (twice !== undefined) throw new InputError(`${name} lists ${twice} twice.`);
      return values;
    },
  };
}

/** Whole numbers such as `1,16,256`, or null. */
export function wholes(help: string, range: WholeNumberRange = {}): Flag<readonly number[] | null> {
  return severalOf('N,N,..', help, (value, name) => readWhole(value, name, range));
}

/** Numbers such as `0.6,1`, or null. */
export function reals(help: string, range: RealRange): Flag<readonly number[] | null> {
  return severalOf('X,X,..', help, (value, name) => readReal(value, name, range));
}

export function choice<T extends string>(options: readonly T[], initial: T, help: string): Flag<T> {
  return {
    placeholder: options.join('|'),
    help,
    initial: { value: initial },
    read: (value, name) => {
      const found = options.find((option) => option === value);
      if (found === undefined)
        throw new InputError(`${name} takes ${options.join(', ')}, but it is ${JSON.stringify(value)}.`);
      return found;
    },
  };
}

/** On when given. */
export function toggle(help: string): Flag<boolean> {
  return { placeholder: null, help, initial: { value: false }, read: () => true };
}

/** `maxTokens` in the table is `--max-tokens` on the command line. */
function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Reads `--name value` and `--name=value`. @throws InputError naming the flag */
export function parseFlags<F extends Flags>(flags: F, args: readonly string[]): FlagValues<F> {
  const byName = new Map(Object.keys(flags).map((key) => [flagName(key), key]));
  const values = new Map<string, unknown>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    const name = equals === -1 ? argument : argument.slice(0, equals);
    const key = byName.get(name);
    if (key === undefined)
      throw new InputError(
        `${JSON.stringify(name)} is not known here; the flags are ${[...byName.keys()].join(', ')}.`,
      );
    if (values.has(key)) throw new InputError(`${name} is given twice.`);
    const flag = flags[key]!;
    if (flag.placeholder === null) {
      if (equals !== -1) throw new InputError(`${name} takes no value.`);
      values.set(key, flag.read('', name));
      continue;
    }
    const value = equals === -1 ? args[++i] : argument.slice(equals + 1);
    if (value === undefined || value === '') throw new InputError(`${name} needs a value (${flag.placeholder}).`);
    values.set(key, flag.read(value, name));
  }
  for (const [key, flag] of Object.entries(flags)) {
    if (values.has(key)) continue;
    if (flag.initial === null) throw new InputError(`${flagName(key)} ${flag.placeholder} is missing.`);
    values.set(key, flag.initial.value);
  }
  // Every key of F has been given a value that its own flag made.
  return Object.fromEntries(values) as FlagValues<F>;
}

/** One line a flag, aligned. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(([key, { placeholder, help, initial }]) => {
    const usage = placeholder === null ? flagName(key) : `${flagName(key)} ${placeholder}`;
    const value = initial?.value;
    const shown = typeof value === 'number' || typeof value === 'string' ? ` (default ${value})` : '';
    return { usage, help: `${help}${initial === null ? ' (required)' : shown}` };
  });
  const width = Math.max(...rows.map((row) => row.usage.length));
  return rows.map((row) => `  ${row.usage.padEnd(width)}  ${row.help}`).join('\n');
}
