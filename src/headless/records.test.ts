// docs/RECORDS.md and docs/HEADLESS.md against what a run really writes.

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseRunConfig } from '../grpo/runConfig.ts';
import { linesOf } from '../grpo/runLog.testing.ts';
import { results, temporaryFolder } from './run.testing.ts';

const folder = await temporaryFolder();
const records = await readFile('docs/RECORDS.md', 'utf8');

/** The first cells of the rows of a section's table, each as the names that it lists. */
function namesIn(section: string): string[] {
  const text = new RegExp(`^## ${section}$([\\s\\S]*?)(?=^## )`, 'm').exec(records)![1]!;
  return [...text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => {
    const names = [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    // `.adapter` and `.../max` stand for the first name with another end.
    return names.map((name) => name.replace(/^(\.\.\.\/|\.)/, names[0]!.replace(/[^/.]*$/, '')));
  });
}

const pathsOf = (value: unknown, path = ''): string[] =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? [path]
    : Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`));

const config = await folder.text(
  'c.json',
  JSON.stringify({ prompts: 2, group: 2, sampler: { ladder: { offsets: [0, 0.1] } }, loss: { klWeight: 0.01 } }),
);
const rows = await results<Record<string, unknown>>(
  ...['train', '--config', config, '--steps', '1', '--backend', 'cpu', '--out', folder.at('run')],
);

it('docs/RECORDS.md names every metric of a step, and no other', () => {
  const documented = namesIn('metrics.jsonl');
  const patterns = documented.map((name) => new RegExp(`^${name.replace(/NAME|ROLE|OFFSET/, '.+')}$`));
  const written = Object.keys(rows[0]!);
  expect(written.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  const unwritten = documented.filter((_, i) => !written.some((name) => patterns[i]!.test(name)));
  // Of rules that this run does not have.
  expect(unwritten).toEqual(['temperature/tau']);
});

it('docs/RECORDS.md names every field of a rollout, and no other', async () => {
  const rollout = linesOf(await readFile(folder.at('run/rollouts.jsonl')))[0];
  expect(namesIn('rollouts.jsonl').filter((name) => name !== 'scored')).toEqual(pathsOf(rollout));
});

it('docs/RECORDS.md names every field of run.json', async () => {
  const run = JSON.parse(await readFile(folder.at('run/run.json'), 'utf8'));
  const names = namesIn('run.json');
  const paths = pathsOf({ ...run, identity: { ...run.identity, config: 0 } });
  expect([...names].sort()).toEqual(paths.sort());
});

it('docs/HEADLESS.md shows all defaults of a run', async () => {
  const text = await readFile('docs/HEADLESS.md', 'utf8');
  const shown = JSON.parse(/## Training[\s\S]*?```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
  const defaults = parseRunConfig({});
  expect(parseRunConfig(shown)).toEqual(defaults);
  expect(shown).toEqual({ ...defaults, sampler: shown.sampler, loss: { variant: 'grpo' } });
});
