import { describe, expect, it } from 'vitest';
import { parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { tasks } from '../../tasks/index.ts';
import { draftOf, rateKey, SIZES, settingsOf, sizeText } from './draft.ts';
import { Pace } from './pace.ts';
import { durationText, originOf } from './words.ts';

describe('a draft', () => {
  it("is the task's recipe until something is changed", () => {
    for (const { name } of tasks)
      expect(parsePretrainConfig(settingsOf(draftOf(name)))).toEqual(parsePretrainConfig({ task: name }));
  });

  it('makes a policy of every size for every task', () => {
    for (const { name } of tasks) {
      const widths = SIZES.map(
        (size) => pretrainPolicy(parsePretrainConfig(settingsOf({ ...draftOf(name), size }))).width,
      );
      expect(widths).toEqual([...widths].sort((a, b) => a - b));
    }
    expect(sizeText('large', 'countdown')).toBe('4 layers of width 128: 1,050,000 parameters');
  });

  it('shares a speed with drafts that take equally long a step', () => {
    const draft = draftOf('countdown');
    expect(rateKey({ ...draft, steps: 7, seed: 3, solvingShare: 1 })).toBe(rateKey(draft));
    expect(rateKey({ ...draft, size: 'large' })).not.toBe(rateKey(draft));
  });
});

describe('the pace', () => {
  it('leaves out the first steps, and speaks of the last seconds', () => {
    const pace = new Pace(2);
    pace.took(0, 1000);
    expect(pace.rate).toBeNull();
    pace.took(9000, 1000);
    expect(pace.rate).toBeNull();
    for (let i = 1; i <= 10; i++) pace.took(9000 + 100 * i, 50);
    expect(pace.measuredMs).toBe(1000);
    expect(pace.rate).toEqual({ msPerStep: 100, tokensPerSecond: 500 });
    for (let i = 1; i <= 30; i++) pace.took(10_000 + 400 * i, 50);
    expect(pace.rate).toEqual({ msPerStep: 400, tokensPerSecond: 125 });
  });

  it('knows steps that are longer than what it looks back', () => {
    const pace = new Pace(0);
    pace.took(0, 80);
    pace.took(20_000, 80);
    pace.took(40_000, 80);
    expect(pace.rate).toEqual({ msPerStep: 20_000, tokensPerSecond: 4 });
  });
});

it('says how a base was made', () => {
  const config = parsePretrainConfig({ task: 'countdown', steps: 200, seed: 4 });
  expect(originOf(config, 150, null)).toBe(
    'Pretrained here in 150 of 200 steps on Countdown (three-numbers, seed 4); not measured.',
  );
  const of = (mean: number) => ({ mean, low: mean, high: mean });
  const measurement = {
    n: 16,
    prompts: 64,
    pass1: of(0.125),
    pass16: of(0.5),
    greedy: of(0.2),
    knowledgeRight: 0.9,
    entropyNats: { fork: 1, knowledge: 0.1, format: 0, unknown: null },
  };
  expect(originOf(config, 200, measurement)).toBe(
    'Pretrained here in 200 steps on Countdown (three-numbers, seed 4): pass@1 12.5 %, pass@16 50.0 % of 64 held-out problems.',
  );
});

it('says times as one would', () => {
  expect([300, 40_000, 89_000, 180_000, 4_800_000].map(durationText)).toEqual([
    'less than 1 s',
    '40 s',
    '89 s',
    '3 min',
    '80 min',
  ]);
  expect(durationText(6_000_000)).toBe('1 h 40 min');
});
