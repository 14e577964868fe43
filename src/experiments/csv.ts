// Tables as text for other programs.

/** null: not defined, or not known; an empty field. */
export type CsvValue = number | string | boolean | null;

/** A field that holds a separator, a quote or a line break stands in quotes (RFC 4180). */
export const csvField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows as lines; the first is the head. */
export const csvText = (rows: readonly (readonly CsvValue[])[]): string =>
  rows.map((row) => `${row.map((value) => csvField(String(value ?? ''))).join(',')}\r\n`).join('');
