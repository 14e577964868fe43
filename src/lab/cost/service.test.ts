import { expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import type { CostOrder } from './calls.ts';
import { costService } from './service.ts';

const ORDER: CostOrder = {
  policy: { kind: 'base', task: 'countdown' },
  task: 'countdown',
  difficulty: 'three-numbers',
  sampler: parseSamplerConfig({ ladder: { offsets: [-0.1, 0.1] } }),
  maxNewTokens: 12,
  prompts: 2,
  group: 4,
  seed: 1,
  repeats: 3,
};

/** What each engine was asked to roll out, by purpose. */
function watched() {
  const asked: { readonly purpose: string; readonly rule: string; readonly ids: readonly number[][] | null }[] = [];
  const host = {
    engine: async (purpose: string, config: PolicyConfig): Promise<PolicyEngine> => {
      const engine = await createCpuEngine(config);
      const generate = engine.generate.bind(engine);
      engine.generate = (request) => {
        const { rule } = request.sampler.temperature;
        asked.push({ purpose, rule, ids: request.forced?.map((ids) => [...ids]) ?? null });
        return generate(request);
      };
      return engine;
    },
    whileThere: <T>(work: Promise<T>) => work,
  };
  return { asked, service: costService(host, async () => drawnCheckpoint('countdown')) };
}

it('times the same tokens with the sampler and with one temperature, each on its own engine', async () => {
  const { asked, service } = watched();
  const shares: number[] = [];
  const progress = (share: number) => void shares.push(share);
  const report = await service['cost/measure'](ORDER, { signal: new AbortController().signal, progress });
  const [drawn, ...timed] = asked;
  expect(drawn).toMatchObject({ purpose: 'cost', rule: 'binary', ids: null });
  expect(timed).toHaveLength(12);
  expect(new Set(timed.map(({ ids }) => JSON.stringify(ids))).size).toBe(1);
  expect(timed[0]!.ids).toHaveLength(8);
  expect(new Set(timed.map(({ purpose, rule }) => `${purpose}: ${rule}`))).toEqual(
    new Set(['cost: binary', 'cost of a fixed temperature: fixed']),
  );
  // A B, B A, A B after the warm-up.
  expect(timed.slice(6).map(({ rule }) => rule)).toEqual(['binary', 'fixed', 'fixed', 'binary', 'binary', 'fixed']);
  const lengths = timed[0]!.ids!.map(({ length }) => length);
  expect(report).toMatchObject({
    pairs: 3,
    rows: 8,
    steps: Math.max(...lengths),
    tokens: lengths.reduce((sum, length) => sum + length, 0),
  });
  expect(report.currentMs.median).toBeGreaterThan(0);
  expect(report.ratio.low).toBeLessThanOrEqual(report.ratio.high);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});

it('stops when it is cancelled', async () => {
  const { asked, service } = watched();
  const abort = new AbortController();
  const progress = () => abort.abort();
  await expect(service['cost/measure'](ORDER, { signal: abort.signal, progress })).rejects.toThrow('abort');
  expect(asked).toHaveLength(2);
});
