// The values of a sweep as a reader types them: a list, or from one number to another in so many steps.

/** Thrown for a text that says no values; the message is one sentence. */
export class SweepTextError extends Error {
  override readonly name = 'SweepTextError';
}

const MOST_VALUES = 64;
const DIGITS = 12;
const RANGE = /^(?<from>\S+)\s+to\s+(?<to>\S+)\s+in\s+(?<count>\d+)(?<log>\s+log)?$/;

/**
 * `0.2, 0.4, 0.6` or `0.2 to 0.8 in 4`, and `1e-5 to 1e-3 in 3 log` for equal ratios; for a choice: names, separated by
 * commas.
 * @param options names that are accepted; null: numbers are
 * @throws SweepTextError
 */
export function readSweepValues(text: string, options: readonly string[] | null): (number | string | boolean)[] {
  const plain = text.trim();
  if (plain === '') throw new SweepTextError('Values are needed, such as 0.2, 0.4, 0.6 or 0.2 to 0.8 in 4.');
  const range = options === null ? RANGE.exec(plain)?.groups : undefined;
  const values = range === undefined ? listed(plain, options) : ranged(range);
  if (values.length > MOST_VALUES) throw new SweepTextError(`At most ${MOST_VALUES} values are accepted.`);
  return values;
}

function listed(text: string, options: readonly string[] | null): (number | string | boolean)[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (options === null) return parts.map(numberOf);
  return parts.map((part) => {
    if (!options.includes(part))
      throw new SweepTextError(`${JSON.stringify(part)} is not accepted: ${options.join(', ')} are.`);
    return part === 'true' ? true : part === 'false' ? false : part;
  });
}

function ranged({ from: first, to: last, count: counted, log }: Readonly<Record<string, string>>): number[] {
  const [from, to, count] = [numberOf(first!), numberOf(last!), Number(counted)];
  if (count < 2 || count > MOST_VALUES)
    throw new SweepTextError(`From one value to another, 2 to ${MOST_VALUES} values are accepted.`);
  if (log !== undefined && (from <= 0 || to <= 0))
    throw new SweepTextError('Equal ratios are accepted between numbers above 0 only.');
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const value = log === undefined ? from + share * (to - from) : from * (to / from) ** share;
    return Number(value.toPrecision(DIGITS));
  });
}

function numberOf(text: string): number {
  const value = Number(text.replace('−', '-'));
  if (text === '' || !Number.isFinite(value))
    throw new SweepTextError(
      `${JSON.stringify(text)} is not a number; values are written as 0.2, 0.4, 0.6 or 0.2 to 0.8 in 4.`,
    );
  return value;
}
