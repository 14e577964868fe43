import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../grpo/runConfig.ts';
import type { HelpEntry } from './help/entry.ts';
import { HELP, helpFor, sourceText } from './help.ts';

/** A valibot schema, as far as walking it needs. */
interface Node {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly options?: readonly unknown[];
  readonly wrapped?: Node;
  readonly pipe?: readonly Node[];
  readonly literal?: unknown;
}

/** Each field of a schema and, where it is one of a list, the values it takes. */
function leaves(schema: Node, path = ''): { path: string; values: string[] }[] {
  if (schema.wrapped !== undefined) return leaves(schema.wrapped, path);
  if (schema.entries !== undefined)
    return Object.entries(schema.entries).flatMap(([key, child]) =>
      leaves(child, path === '' ? key : `${path}.${key}`),
    );
  if (schema.type === 'variant') return (schema.options as readonly Node[]).flatMap((option) => leaves(option, path));
  if (schema.type === 'literal') return [{ path, values: [String(schema.literal)] }];
  return [{ path, values: schema.type === 'picklist' ? (schema.options as readonly string[]).map(String) : [] }];
}

const fields = new Map<string, Set<string>>();
for (const { path, values } of leaves(runConfigSchema as unknown as Node)) {
  if (path === 'version') continue;
  const key = path.replace(/^schedules\.\w+/, 'schedules.*');
  fields.set(key, new Set([...(fields.get(key) ?? []), ...values]));
}
const entries = Object.entries(HELP) as [string, HelpEntry][];

describe('help', () => {
  it('has an entry for every field of the config, and none besides', () => {
    expect([...fields.keys()].sort()).toEqual(entries.map(([path]) => path).sort());
  });

  it.each([...fields].filter(([path, values]) => values.size > 0 && path !== 'task'))(
    'names every value of %s',
    (path, values) => {
      // 'none' is how a field that may be null is turned off.
      const named = Object.keys(helpFor(path).options ?? {}).filter((value) => value !== 'none' || values.has('none'));
      expect(named.sort()).toEqual([...values].sort());
    },
  );

  it.each(entries)('says %s in one sentence with a source', (_, { label, help, source }) => {
    expect(label).not.toBe('');
    expect(help).toMatch(/^[A-Z].*[^.]\.$/);
    expect(help.length).toBeLessThan(160);
    expect(source).toMatch(/\S/);
  });

  it('finds the entry of each schedule', () => expect(helpFor('schedules.low.from')).toBe(HELP['schedules.*.from']));
  it('knows no other field', () => expect(() => helpFor('sampler.heat')).toThrow('There is no help for sampler.heat.'));
  it('labels a default that is ours', () => {
    expect(sourceText(HELP.seed)).toBe('Ours.');
    expect(sourceText(HELP['sampler.queue.keep'])).toMatch(/; the default is ours\.$/);
    expect(sourceText(HELP['sampler.threshold.rule'])).toBe('arXiv 2510.08892 section 3.2.');
  });
});
