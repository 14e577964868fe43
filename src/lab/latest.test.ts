import { expect, it } from 'vitest';
import { Latest } from './latest.ts';

it('runs one job at a time, and of those that wait only the newest', async () => {
  const log: string[] = [];
  const latest = new Latest();
  const finished = new Promise<void>((resolve) => {
    const job = (name: string) => async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (name === 'd') resolve();
    };
    latest.run(job('a'));
    latest.run(job('b'));
    latest.run(job('c'));
    latest.run(job('d'));
  });
  await finished;
  expect(log).toEqual(['a begins', 'a ends', 'd begins', 'd ends']);
});

it('takes new jobs after it was idle', async () => {
  const latest = new Latest();
  const run = (value: number) => new Promise<number>((resolve) => latest.run(async () => resolve(value)));
  expect(await run(1)).toBe(1);
  expect(await run(2)).toBe(2);
});
