import { describe, expect, it } from 'vitest';
import { parseSamplerConfig } from './config.ts';
import { samplerTables } from './samplerData.ts';
import { queueMembers, samplerStructure, temperaturesOfRows } from './samplerStructure.ts';

/** Three prompts, interleaved. */
const GROUPS = [7, 7, 2, 7, 2, 5];

describe('queue members', () => {
  it.each([
    ['rollout', [0, 1, 2, 3, 4, 5], 6, 1],
    ['prompt', [0, 0, 1, 0, 1, 2], 3, 3],
    ['run', [0, 0, 0, 0, 0, 0], 1, 6],
  ] as const)('%s', (scope, queueOfRow, queues, most) => {
    expect(queueMembers(scope, GROUPS)).toEqual({ queueOfRow: Uint32Array.from(queueOfRow), queues, most });
  });
});

describe('temperatures of rows', () => {
  it('run through the ladder inside each prompt', () => {
    const config = parseSamplerConfig({
      temperature: { rule: 'binary', high: 2, low: 1 },
      ladder: { offsets: [0, 0.5], shifts: 'hot' },
    });
    expect([...temperaturesOfRows(config, GROUPS)]).toEqual([2, 1, 2.5, 1, 2, 1, 2, 1, 2.5, 1, 2, 1]);
  });
});

describe('tables', () => {
  it('hold queue starts, members, temperatures and queues of rows', () => {
    const config = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 0.5 } });
    const words = samplerTables(config, GROUPS, queueMembers('prompt', GROUPS));
    const half = new Uint32Array(Float32Array.of(0.5).buffer)[0]!;
    expect([...words]).toEqual([
      ...[0, 3, 5, 6],
      ...[0, 1, 3, 2, 4, 5],
      ...new Array<number>(12).fill(half),
      ...[0, 0, 1, 0, 1, 2],
    ]);
  });
});

describe('structure', () => {
  const structure = (config: unknown) => samplerStructure(parseSamplerConfig(config, 'evaluation'), GROUPS, 48);

  it('races what can be known before the gate', () => {
    expect(structure({})).toMatchObject({ temperatures: 2, redraw: false, greedy: false });
    expect(structure({ temperature: { rule: 'fixed', tau: 0 } })).toMatchObject({ temperatures: 1, greedy: true });
    expect(structure({ queue: { warmup: { entropies: 9, use: 'one' } } })).toMatchObject({ temperatures: 3 });
    expect(structure({ temperature: { rule: 'edt' } })).toMatchObject({ temperatures: 0, redraw: true });
    expect(structure({ truncation: { minP: 0.1 } })).toMatchObject({ temperatures: 0, truncation: true });
  });

  it('pushes after the second read only for ranks in the queue as it was', () => {
    const order = 'threshold-first';
    expect(structure({}).push).toBe('first');
    expect(structure({ queue: { order } }).push).toBe('last');
    expect(structure({ queue: { order }, temperature: { rule: 'rank' } }).push).toBe('later');
    expect(structure({ temperature: { rule: 'rank' } }).push).toBe('first');
  });

  it('gives queues room for what they can receive, or, if they are kept, for all', () => {
    expect(structure({ queue: { capacity: 1000 } }).capacity).toBe(48);
    expect(structure({ queue: { capacity: 10 } }).capacity).toBe(10);
    expect(structure({ queue: { capacity: 1000, keep: true } }).capacity).toBe(1000);
  });
});
