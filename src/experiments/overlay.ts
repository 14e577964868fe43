// An arm says what differs from the experiment's base; here the two become one config.

type Fields = Readonly<Record<string, unknown>>;

/** Fields that decide which other fields an object has. */
const KINDS = ['rule', 'variant', 'kind'] as const;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `base` with the fields of `set` in their places, objects field by field. An object of another rule, variant or kind
 * replaces the one before it whole: its other fields would not be known there.
 */
export function overlay(base: Fields, set: Fields): Fields {
  if (KINDS.some((name) => set[name] !== undefined && base[name] !== undefined && set[name] !== base[name])) return set;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(set)) {
    const before = merged[name];
    merged[name] = isFields(before) && isFields(value) ? overlay(before, value) : value;
  }
  return merged;
}

/** { a: { b: value } } of 'a.b'. */
export function fieldsAt(path: string, value: unknown): Fields {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Fields;
}
