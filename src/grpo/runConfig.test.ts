import { describe, expect, it } from 'vitest';
import { parseRunConfig, RunConfigError } from './runConfig.ts';

describe('parseRunConfig', () => {
  it('fills in everything from nothing, and reads its own output back unchanged', () => {
    const config = parseRunConfig({});
    expect(config).toMatchObject({ version: 1, task: 'countdown', difficulty: 'three-numbers', prompts: 24, group: 8 });
    expect(config.maxNewTokens).toBeGreaterThan(0);
    expect(parseRunConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('fills in the parts of a sampler that a config leaves out as if it had left out all', () => {
    const { sampler } = parseRunConfig({});
    const temperature = { rule: 'fixed', tau: 1 } as const;
    expect(parseRunConfig({ sampler: { temperature } }).sampler).toEqual({ ...sampler, temperature });
    expect(sampler.queue.keep).toBe(true);
  });

  it('takes the variant of the objective and lets a field differ from it', () => {
    const { loss } = parseRunConfig({ loss: { variant: 'dapo', clipHigh: 0.3 } });
    expect(loss).toMatchObject({ variant: 'dapo', average: 'token', clipHigh: 0.3 });
  });

  it.each([
    [{ task: 'chess' }, /^task is not accepted: /],
    [{ version: 2 }, /^version is not accepted: /],
    [{ prompst: 3 }, /^prompst is not accepted: /],
    [{ difficulty: 'hard' }, /difficulty is not accepted: Countdown has three-numbers, four-numbers, not "hard"\./],
    [{ schedules: { tau: { kind: 'constant' } } }, /schedules\.tau is not accepted: the binary rule has high and low/],
    [{ sampler: { temperature: { rule: 'fixed', tau: 0 } } }, /sampler: A temperature of 0/],
    [{ prompts: 2, update: { miniBatches: 3 } }, /update\.miniBatches is not accepted: 2 groups/],
  ])('refuses %j in one sentence', (input, message) => {
    expect(() => parseRunConfig(input)).toThrow(RunConfigError);
    expect(() => parseRunConfig(input)).toThrow(message);
  });
});
