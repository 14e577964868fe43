// Numbers as they are written in the Step room.

/** Four decimals, a true minus, "nats" behind. */
export function nats(value: number): string {
  return `${number(value, 4)} nats`;
}

export function number(value: number, decimals: number): string {
  if (value === Number.NEGATIVE_INFINITY) return '−∞';
  const text = value.toFixed(decimals);
  // What rounds to 0 has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
