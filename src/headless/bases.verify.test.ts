// The bases that come with the project are what their cards say, measured anew, and fit to be trained by reward.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BASE_FILE, type BaseFigures, CARD_FILE, readBaseRecord, sha256Hex } from '../grpo/baseRecord.ts';
import { modelCard } from '../grpo/modelCard.ts';
import { WEIGHTS_FILE } from '../policy/checkpoint.ts';
import { tasks } from '../tasks/index.ts';
import { results } from './run.testing.ts';
import { shippedBase } from './shippedBase.ts';

const MOST_BYTES = 3 * 2 ** 20;
const MOST_PARAMETERS = 500_000;
/** Half a unit of the last digit that a card shows of a share: other processors may round an exponential differently. */
const SHARE_TOLERANCE = 5e-4;
const NATS_TOLERANCE = 5e-4;

/** What a base should be at temperature 1, so that there is something to learn and something to break. */
const LIMITS = {
  'pass@1 between 10 % and 50 %': ({ pass }) => pass['1']! >= 0.1 && pass['1']! <= 0.5,
  'pass@16 at least twice pass@1': ({ pass }) => pass['16']! >= 2 * pass['1']!,
  'knowledge right at least 98 % of the time': ({ knowledgeRight }) =>
    knowledgeRight !== null && knowledgeRight >= 0.98,
  'two entropy modes: most forks uncertain, nearly all knowledge certain': ({ lowEntropyShare: { fork, knowledge } }) =>
    fork !== null && fork <= 0.5 && knowledge !== null && knowledge >= 0.9,
} as const satisfies Readonly<Record<string, (of: BaseFigures) => boolean>>;

/** What a task's own nature forbids: a guess at a parity is a coin flip, and a sum has one answer and no forks. */
const FORBIDDEN: Readonly<Record<string, readonly (keyof typeof LIMITS)[]>> = {
  parity: ['pass@1 between 10 % and 50 %', 'pass@16 at least twice pass@1'],
  addition: ['pass@16 at least twice pass@1', 'two entropy modes: most forks uncertain, nearly all knowledge certain'],
};

/** Of a line of `evaluate`, what a card has too. */
type Line = Pick<BaseFigures, 'tau' | 'avg' | 'pass' | 'greedy' | 'outcomes' | 'knowledgeRight' | 'meanLength'> & {
  readonly entropy: Pick<BaseFigures['entropyNats'], 'fork' | 'knowledge'>;
};

const within = (found: number | null, told: number | null, tolerance: number) =>
  found === null || told === null ? found === told : Math.abs(found - told) <= tolerance;

describe.each(tasks)('the base of $name', (task) => {
  const folder = () => shippedBase(task.name);
  const read = async () => readBaseRecord(new Uint8Array(await readFile(path.join(folder(), BASE_FILE))));

  it('is small, was trained to the end, and is described by its own card', async () => {
    const record = await read();
    const weights = path.join(folder(), WEIGHTS_FILE);
    expect((await stat(weights)).size).toBeLessThan(MOST_BYTES);
    expect(record.parameters).toBeLessThanOrEqual(MOST_PARAMETERS);
    expect(record.config.task).toBe(task.name);
    expect(record.stepsTaken).toBe(record.config.steps);
    expect(await sha256Hex(new Uint8Array(await readFile(weights)))).toBe(record.weightsSha256);
    expect(await readFile(path.join(folder(), CARD_FILE), 'utf8')).toBe(modelCard(record));
  });

  it('has the figures of its card, measured anew', async () => {
    const { figures, config } = await read();
    const { n, prompts, seed, pass } = figures[0]!;
    const counts = ['--n', n, '--prompts', prompts, '--seed', seed, '--k', Object.keys(pass).join()].map(String);
    const taus = ['--tau', figures.map(({ tau }) => tau).join(), '--difficulty', config.difficulty];
    const args = ['--model', folder(), '--task', task.name, '--backend', 'cpu', ...counts, ...taus];
    const lines = await results<Line>('evaluate', ...args);
    expect(lines.map(({ tau }) => tau)).toEqual(figures.map(({ tau }) => tau));
    for (const [i, told] of figures.entries()) {
      const found = lines[i]!;
      const shares: [string, number | null, number | null][] = [
        ['avg', found.avg, told.avg],
        ['greedy', found.greedy, told.greedy],
        ['knowledgeRight', found.knowledgeRight, told.knowledgeRight],
        ...Object.entries(told.pass).map(([k, of]): [string, number, number] => [`pass@${k}`, found.pass[k]!, of]),
        ...Object.entries(told.outcomes).map(([outcome, of]): [string, number, number] => [
          outcome,
          found.outcomes[outcome]! / (n * prompts),
          of / (n * prompts),
        ]),
      ];
      for (const [name, anew, of] of shares)
        expect(within(anew, of, SHARE_TOLERANCE), `${name} at tau ${told.tau}: ${anew}, told as ${of}`).toBe(true);
      for (const role of ['fork', 'knowledge'] as const)
        expect(
          within(found.entropy[role], told.entropyNats[role], NATS_TOLERANCE),
          `entropy of ${role} at tau ${told.tau}: ${found.entropy[role]}, told as ${told.entropyNats[role]}`,
        ).toBe(true);
      expect(found.meanLength).toBeCloseTo(told.meanLength, 1);
    }
  });

  it('leaves something to learn and knows what it should, or its card says why not', async () => {
    const { figures } = await read();
    const atOne = figures.find(({ tau }) => tau === 1)!;
    const missed = Object.entries(LIMITS).flatMap(([limit, isMet]) => (isMet(atOne) ? [] : [limit]));
    const forbidden: readonly string[] = FORBIDDEN[task.name] ?? [];
    expect(missed.filter((limit) => !forbidden.includes(limit))).toEqual([]);
    if (missed.length === 0) return;
    expect(task.recipe.remark).toBeDefined();
    expect(await readFile(path.join(folder(), CARD_FILE), 'utf8')).toContain(task.recipe.remark);
  });
});
