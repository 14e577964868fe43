// Where a number stands on an axis, and which numbers are written beside it.

export type AxisKind = 'linear' | 'log' | 'root';

export interface Axis {
  readonly kind: AxisKind;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const TICKS = 5;

function bent(kind: AxisKind, value: number): number {
  return kind === 'log' ? Math.log10(value) : kind === 'root' ? Math.sqrt(Math.max(0, value)) : value;
}

/** 0 at the lower end of the axis, 1 at the upper one; values beyond an end stand at it. */
export function placeOn({ kind, domain: [low, high] }: Axis, value: number): number {
  const [from, to] = [bent(kind, low), bent(kind, high)];
  return Math.min(1, Math.max(0, (bent(kind, value) - from) / (to - from)));
}

/**
 * An axis that holds all of the values.
 * @param values at least one; above 0 for a log axis
 * @param more values that it must hold, too, such as 0
 */
export function axisFor(kind: AxisKind, values: readonly number[], more: readonly number[] = []): Axis {
  const all = [...values, ...more];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  if (kind === 'log') {
    const [from, to] = [
      Math.floor(Math.log10(least)),
      Math.max(Math.ceil(Math.log10(most)), Math.floor(Math.log10(least)) + 1),
    ];
    const every = Math.ceil((to - from) / (TICKS + 1));
    const ticks: number[] = [];
    for (let power = from; power <= to; power += every) ticks.push(Number(`1e${power}`));
    return { kind, domain: [Number(`1e${from}`), Number(`1e${to}`)], ticks };
  }
  const step = niceStep(most > least ? most - least : Math.abs(most) || 1);
  const [from, to] = [
    Math.floor(least / step + 1e-9),
    Math.max(Math.ceil(most / step - 1e-9), Math.floor(least / step + 1e-9) + 1),
  ];
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => rounded((from + i) * step, step));
  return { kind, domain: [ticks[0]!, ticks.at(-1)!], ticks };
}

/** 1, 2 or 5 times a power of ten, so that about five of them make up the range. */
function niceStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / TICKS));
  const factor = [1, 2, 5, 10].find((each) => each * power * TICKS >= range * (1 - 1e-9))!;
  return factor * power;
}

/** Without the error of adding up tenths. */
function rounded(value: number, step: number): number {
  return Number(value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(step)))));
}

export function tickText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return `1e${Math.round(Math.log10(Math.abs(value)))}`;
  return String(value);
}
