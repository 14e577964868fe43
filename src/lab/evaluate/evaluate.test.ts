// The Evaluate room without its view: store, client and service, on the CPU engine and a policy with random weights.

import { beforeEach, expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import { LabClient } from '../client.ts';
import { serve } from '../serve.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import { evaluateService } from './service.ts';
import { type Column, cellKey, createEvaluateStore, type EvaluateStore, passCounts } from './store.ts';

const CONFIG = parseRunConfig({ maxNewTokens: 8 });
const BASE = { policy: { kind: 'base', task: 'countdown' }, task: 'countdown', name: 'base' } as const;
const AT_ONE: Column = { kind: 'tau', tau: 1 };
const RULE: Column = { kind: 'rule' };

let store: EvaluateStore;
let loads = 0;

beforeEach(() => {
  loads = 0;
  const host = {
    engine: (_: string, config: Parameters<typeof createCpuEngine>[0]) => createCpuEngine(config),
    whileThere: <T>(work: Promise<T>) => work,
  };
  const services = evaluateService(host, async () => {
    loads += 1;
    return drawnCheckpoint('countdown');
  });
  let client: LabClient;
  const hear = serve(services, (message) => client.receive(structuredClone(message)));
  client = new LabClient({ send: (message) => hear(structuredClone(message)), close: () => {} });
  store = createEvaluateStore();
  store.attach(client);
  store.change({ rows: [BASE], columns: [AT_ONE, RULE], n: 4, prompts: 3 });
});

it('measures every cell of the plan, on the same prompts', async () => {
  await store.run(CONFIG);
  const { cells, running, failure } = store.getState();
  expect([running, failure]).toEqual([null, null]);
  const [one, rule] = [AT_ONE, RULE].map((column) => cells.get(cellKey(BASE, column))!.evaluation);
  expect(one!.perPrompt.map(({ prompt }) => prompt)).toEqual(rule!.perPrompt.map(({ prompt }) => prompt));
  expect(Object.keys(one!.pass)).toEqual(['1', '4']);
  expect(one!.sampler.temperature).toEqual({ rule: 'fixed', tau: 1 });
  expect(rule!.sampler).toEqual(CONFIG.sampler);
});

it('measures a cell again only when it would be measured with other settings', async () => {
  await store.run(CONFIG);
  expect(loads).toBe(2);
  await store.run(CONFIG);
  expect(loads).toBe(2);
  store.change({ columns: [AT_ONE, RULE, { kind: 'tau', tau: 2 }] });
  await store.run(CONFIG);
  expect(loads).toBe(3);
  store.change({ seed: 1 });
  await store.run(CONFIG);
  expect(loads).toBe(6);
});

it('keeps what is measured when it is cancelled, and says nothing of it', async () => {
  store.change({ prompts: 200, n: 16 });
  const ended = store.run(CONFIG);
  await expect.poll(() => store.getState().running?.done, { timeout: 60_000 }).toBeGreaterThan(0);
  store.cancel();
  await ended;
  expect(store.getState()).toMatchObject({ running: null, failure: null });
  expect(store.getState().cells.size).toBeLessThan(2);
});

it('says in a sentence why it cannot measure', async () => {
  await store.run({ ...CONFIG, maxNewTokens: 10_000 });
  expect(store.getState().failure).toMatch(/^Row 0 needs .* positions, but this policy takes at most 256\.$/);
  expect(store.getState().running).toBeNull();
});

it('asks for the k that four of each give, and n', () => {
  expect([1, 4, 10, 16, 256].map(passCounts)).toEqual([[1], [1, 4], [1, 4, 10], [1, 4, 16], [1, 4, 16, 64, 256]]);
});
