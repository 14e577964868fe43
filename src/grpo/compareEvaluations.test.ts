import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { compareEvaluations } from './compareEvaluations.ts';
import { type Evaluation, type EvaluationRequest, evaluatePolicy } from './evaluation.ts';
import { markovPolicy } from './markovPolicy.testing.ts';

const parity = taskByName('parity');
const tokenizer = createTokenizer({ characters: parity.alphabet, special: [PAD] });

/** A policy that answers at once: odd in a share of the rollouts, something that is no answer in another. */
async function evaluate(odd: number, none: number, changes: Partial<EvaluationRequest> = {}): Promise<Evaluation> {
  const { config, parameters } = markovPolicy(tokenizer, {
    '>': { '=': 1 - none, '.': none },
    '=': { '0': 1 - odd, '1': odd },
    '0': { '.': 1 },
    '1': { '.': 1 },
  });
  const engine = await createCpuEngine(config);
  await engine.loadParameters(parameters);
  const sampler = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 } });
  const source = taskSource(parity, 'sixteen-bits');
  return evaluatePolicy({ engine, tokenizer, source, sampler, n: 8, k: [1, 8], prompts: 60, seed: 2, ...changes });
}

describe('compareEvaluations', () => {
  it('tells a better policy from a worse one, prompt by prompt', async () => {
    const worse = await evaluate(0.5, 0.4);
    const better = await evaluate(0.5, 0);
    const { avg, pass, greedy } = compareEvaluations(worse, better);
    expect(avg.mean).toBeCloseTo(better.avg.mean - worse.avg.mean, 12);
    expect(pass[8]!.mean).toBeCloseTo(better.pass[8]!.mean - worse.pass[8]!.mean, 12);
    expect(Object.keys(pass)).toEqual(['1', '8']);
    expect(avg.low).toBeGreaterThan(0);
    expect(avg.pHigher).toBeLessThan(0.001);
    expect(greedy.mean).toBe(better.greedy.mean - worse.greedy.mean);
    const back = compareEvaluations(better, worse).avg;
    expect(back.mean).toBeCloseTo(-avg.mean, 12);
    expect(back.pHigher).toBeGreaterThan(0.99);
  });

  it('finds no difference of a policy from itself', async () => {
    const once = await evaluate(0.5, 0);
    const { avg } = compareEvaluations(once, await evaluate(0.5, 0, { k: [8] }));
    expect(avg).toMatchObject({ mean: 0, low: 0, high: 0, pDifferent: 1 });
  });

  it('refuses evaluations of other problems', async () => {
    const one = await evaluate(0.5, 0);
    const refused = (other: Evaluation) => expect(() => compareEvaluations(one, other));
    refused(await evaluate(0.5, 0, { seed: 3 })).toThrow(
      'These evaluations cannot be paired: seed is 2 in one and 3 in the other.',
    );
    refused(await evaluate(0.5, 0, { n: 9 })).toThrow('n is 8 in one and 9 in the other.');
    refused({ ...one, perPrompt: one.perPrompt.toReversed() }).toThrow(
      'These evaluations cannot be paired: their prompts are not the same.',
    );
  });
});
