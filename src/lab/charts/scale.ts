// Axes: where a value stands, and which round numbers are written beside it.

/** log: equal ratios are equally far apart; it has no place for 0 and below. */
export type ScaleKind = 'linear' | 'log';

/** Lower and upper end of an axis. */
export type Domain = readonly [number, number];

/** Share of the axis below `value`: 0 at the lower end, 1 at the upper. */
export function positionOf(value: number, [from, to]: Domain, kind: ScaleKind): number {
  if (kind === 'linear') return (value - from) / (to - from);
  return Math.log(value / from) / Math.log(to / from);
}

/** The value that stands at this share of the axis: the inverse of positionOf. */
export function valueAtPosition(share: number, [from, to]: Domain, kind: ScaleKind): number {
  return kind === 'linear' ? from + share * (to - from) : from * (to / from) ** share;
}

/** Steps of 1, 2 or 5 times a power of ten: the smallest that needs at most `most` of them for `span`. */
function roundStep(span: number, most: number): number {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** k * step without the noise of repeated addition: 0.3, not 0.30000000000000004. */
const multiple = (k: number, step: number) => Number((k * step).toPrecision(12));

/** Parts of an axis that follows a run: its end is the end of the part that the run is in, so that it changes rarely. */
const PARTS = 20;

/** The end of an axis from `from` that holds `to`: `to` or a little more. */
export function roundedEnd(from: number, to: number): number {
  if (from >= to) return to;
  const step = roundStep(to - from, PARTS);
  return multiple(Math.ceil(to / step - 1e-9), step);
}

/** Round numbers inside the domain, at most `most` + 1 of them. */
export function linearTicks([from, to]: Domain, most: number): number[] {
  const step = roundStep(to - from, most);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step));
}

/**
 * Powers of ten inside the domain, every n-th one if they are too many; 2 and 5 times them where there is room.
 * @param domain positive
 */
export function logTicks([from, to]: Domain, most: number): number[] {
  const lowest = Math.floor(Math.log10(from) + 1e-9);
  const highest = Math.ceil(Math.log10(to) - 1e-9);
  const isInside = (tick: number) => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9);
  const powers = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
  for (const factors of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => isInside(tick));
    if (ticks.length <= most + 1 && ticks.length >= 2) return ticks;
  }
  const every = Math.ceil((powers.length - 1) / most);
  const ticks = powers.filter((power) => power % every === 0).map((power) => Number(`1e${power}`));
  return ticks.filter((tick) => isInside(tick));
}

export function ticksOf(domain: Domain, kind: ScaleKind, most: number): number[] {
  return kind === 'linear' ? linearTicks(domain, most) : logTicks(domain, most);
}

/** Values nearer to each other than this share of their size are one value to a reader. */
const NO_DIFFERENCE = 1e-9;

/**
 * An axis that holds all values and ends on round numbers.
 * @param least,greatest of the values to show; for log both positive
 * @param atLeast what the axis shows in any case
 */
export function domainOf(least: number, greatest: number, kind: ScaleKind, atLeast: readonly number[] = []): Domain {
  if (kind === 'log') {
    const wider = greatest / least < 1 + NO_DIFFERENCE ? [least / 2, greatest * 2] : [least, greatest];
    return [roundRatio(wider[0]!, Math.floor), roundRatio(wider[1]!, Math.ceil)];
  }
  let low = Math.min(least, ...atLeast);
  let high = Math.max(greatest, ...atLeast);
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= NO_DIFFERENCE * size) {
    // Around a value; above zero, where most metrics live.
    low = size === 0 ? 0 : low - size * 0.1;
    high = size === 0 ? 1 : high + size * 0.1;
  }
  const step = roundStep(high - low, 5);
  return [multiple(Math.floor(low / step + 1e-9), step), multiple(Math.ceil(high / step - 1e-9), step)];
}

/** The next 1, 2 or 5 times a power of ten, downwards or upwards. */
function roundRatio(value: number, towards: (x: number) => number): number {
  const power = Math.floor(Math.log10(value) + 1e-12);
  const rounds = [1, 2, 5, 10].map((factor) => Number(`${factor}e${power}`));
  return towards === Math.floor
    ? rounds.findLast((round) => round <= value * (1 + 1e-9))!
    : rounds.find((round) => round >= value * (1 - 1e-9))!;
}

const EXPONENTS: Readonly<Record<string, string>> = { '-': '⁻' };
const superscript = (power: number) => [...String(power)].map((c) => EXPONENTS[c] ?? '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]!).join('');

/** A tick's label: short and exact for round numbers. */
export function tickText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e4) return String(Number(value.toPrecision(6))).replace('-', '−');
  if (size >= 1e4 && size < 1e10) {
    const [unit, name] = size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : [1e3, 'k'];
    return `${Number((value / unit).toPrecision(4))}${name}`.replace('-', '−');
  }
  const power = Math.floor(Math.log10(size) + 1e-12);
  const factor = Number((value / 10 ** power).toPrecision(3));
  const text = factor === 1 ? '' : `${factor}·`.replace('-', '−');
  return `${text}10${superscript(power)}`;
}

/** A value as it is read out: six significant digits. */
export function exactText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value).replace('-', '−');
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e9) return String(Number(value.toPrecision(6))).replace('-', '−');
  return value.toExponential(4).replaceAll('-', '−');
}
