import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as oracle from '../reference/objectives.ts';
import { randomSource } from '../tasks/random.ts';
import { CLIP_SIDE, type LossBatch, policyLoss } from './loss.ts';
import { type LossConfigInput, lossSchema } from './lossConfig.ts';

const PROMPT = 2;
const MAX_LENGTH = 9;
const config = (input: LossConfigInput) => v.parse(lossSchema, input);

/** A uniform draw from (low, high). */
const uniform = (random: ReturnType<typeof randomSource>, low: number, high: number) =>
  low + ((random.below(2 ** 20) + 0.5) / 2 ** 20) * (high - low);

/** Responses whose ratios reach well past every clip, with both signs of advantage. */
function responses(seed: number, lengths: readonly number[], spread: number): oracle.Response[] {
  const random = randomSource(seed, 0);
  return lengths.map((length, i) => {
    const logpOld = Array.from({ length }, () => uniform(random, -3, -0.1));
    return {
      logpOld,
      logpNew: logpOld.map((x) => x + uniform(random, -spread, spread)),
      logpReference: logpOld.map((x) => x + uniform(random, -0.5, 0.5)),
      entropyNats: logpOld.map(() => uniform(random, 0, 2)),
      advantage: (i % 2 === 0 ? 1 : -1) * uniform(random, 0.3, 1.5),
    };
  });
}

/** Packs responses behind prompts of two tokens whose entries must not matter. */
function pack(batch: readonly oracle.Response[], weights?: readonly (readonly number[])[]): LossBatch {
  const junk = Array.from({ length: PROMPT }, () => 123);
  const lay = (of: (o: oracle.Response, i: number) => readonly number[]) =>
    batch.flatMap((o, i) => [...junk, ...of(o, i)]);
  const rowStart = [0];
  for (const o of batch) rowStart.push(rowStart.at(-1)! + PROMPT + o.logpNew.length);
  return {
    rowStart: Int32Array.from(rowStart),
    mask: Uint8Array.from(batch.flatMap((o) => [...junk.map(() => 0), ...o.logpNew.map(() => 1)])),
    logpNew: lay((o) => o.logpNew),
    logpOld: lay((o) => o.logpOld),
    logpReference: lay((o) => o.logpReference),
    entropyNats: lay((o) => o.entropyNats),
    advantage: lay((o) => o.logpNew.map(() => o.advantage)),
    ...(weights === undefined ? {} : { weight: lay((_, i) => weights[i]!) }),
    maxLength: MAX_LENGTH,
    noise: { seed: 11, stream: 3 },
  };
}

/** What the packed array holds for generated tokens. */
const generated = (values: ArrayLike<number>, { mask }: LossBatch) =>
  Array.from(values).filter((_, i) => mask[i] === 1);

/** d objective / d logpNew of every token, by central differences. */
function differences(
  batch: readonly oracle.Response[],
  objective: (b: readonly oracle.Response[]) => number,
): number[] {
  const h = 1e-6;
  return batch.flatMap((o, i) =>
    o.logpNew.map((_, t) => {
      const at = (shift: number) =>
        objective(
          batch.map((other, j) =>
            i === j ? { ...other, logpNew: other.logpNew.map((x, u) => (u === t ? x + shift : x)) } : other,
          ),
        );
      return (at(h) - at(-h)) / (2 * h);
    }),
  );
}

const LENGTHS = [4, 7, 1, 9, 5, 6];
const FAR = responses(1, LENGTHS, 0.9);
const NEAR = responses(2, LENGTHS, 8e-4);
/** Ratios up to e^3, past the dual clip. */
const WILD = responses(3, LENGTHS, 3);
/** 11 tokens: the 80 % quantile of their entropies is itself one of them. */
const EXACT = responses(4, [5, 6], 0.9);
/** Many tokens, so that ratios also fall between GRPO's and DAPO's upper clip. */
const MANY = responses(6, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 0.4);
const WEIGHTS = FAR.map((o) => o.logpNew.map((_, t) => 0.5 + 0.2 * t));

type Case = [
  name: string,
  input: LossConfigInput,
  batch: oracle.Response[],
  objective: (b: readonly oracle.Response[]) => number,
];

const reasoning = { epsilon: 0.5, beta: 0 };
const knowledge = { epsilon: 0.2, beta: 0.001 };

const CASES: Case[] = [
  ['GRPO', { variant: 'grpo' }, FAR, (b) => oracle.grpo(b, 0.2, 0)],
  ['GRPO with KL', { variant: 'grpo', klWeight: 0.04 }, FAR, (b) => oracle.grpo(b, 0.2, 0.04)],
  ['DAPO', { variant: 'dapo' }, FAR, (b) => oracle.dapo(b, 0.2, 0.28)],
  ['DAPO with many tokens', { variant: 'dapo' }, MANY, (b) => oracle.dapo(b, 0.2, 0.28)],
  ['DAPO with dual clip', { variant: 'dapo', dualClip: 10 }, WILD, (b) => oracle.dapo(b, 0.2, 0.28, 10)],
  ['Dr. GRPO', { variant: 'dr-grpo' }, FAR, (b) => oracle.drGrpo(b, 0.2, MAX_LENGTH)],
  ['GSPO', { variant: 'gspo' }, NEAR, (b) => oracle.gspo(b, 3e-4, 4e-4)],
  ['CISPO', { variant: 'cispo' }, WILD, (b) => oracle.cispo(b, WILD, 4)],
  ['80/20', { variant: '80/20' }, FAR, (b) => oracle.highEntropy(b, 0.2, 0.28, 0.2)],
  [
    '80/20 with half the tokens',
    { variant: '80/20', entropyShare: 0.5 },
    FAR,
    (b) => oracle.highEntropy(b, 0.2, 0.28, 0.5),
  ],
  ['80/20 with a token on its edge', { variant: '80/20' }, EXACT, (b) => oracle.highEntropy(b, 0.2, 0.28, 0.2)],
  ['Archer', { variant: 'archer' }, WILD, (b) => oracle.archer(b, reasoning, knowledge, 10, 'class')],
  [
    'Archer with KL over all tokens',
    { variant: 'archer', klAverage: 'loss', klWeight: 0.3 },
    FAR,
    (b) => oracle.archer(b, { epsilon: 0.5, beta: 0.3 }, knowledge, 10, 'tokens'),
  ],
  [
    'KL-Cov',
    { variant: 'kl-cov', covariance: { kind: 'kl', share: 0.2, weight: 0.7 } },
    FAR,
    (b) => oracle.klCov(b, FAR, 0.2, 0.7),
  ],
  ['KL-Cov of one token', { variant: 'kl-cov' }, FAR, (b) => oracle.klCov(b, FAR, 0.0002, 1)],
];

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map((x, i) => Math.abs(x - actual[i]!)));
  expect(largest).toBeLessThan(tolerance);
}

describe('policyLoss against the papers', () => {
  it.each(CASES)('%s: loss and coefficients', (_, input, batch, objective) => {
    const packed = pack(batch);
    const report = policyLoss(config(input), packed);
    expect(report.loss).toBeCloseTo(objective(batch), 12);
    const expected = differences(batch, objective);
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
    expectClose(generated(report.coefficients, packed), expected, 1e-8);
    expect(report.coefficients.every((x, i) => packed.mask[i] === 1 || x === 0)).toBe(true);
  });

  it('weighs by importance', () => {
    const packed = pack(FAR, WEIGHTS);
    const objective = (b: readonly oracle.Response[]) => oracle.weighted(b, WEIGHTS, 0.2, 0.28);
    const report = policyLoss(config({ variant: 'dapo' }), packed);
    expect(report.loss).toBeCloseTo(objective(FAR), 12);
    expectClose(generated(report.coefficients, packed), differences(FAR, objective), 1e-8);
  });

  it('drops for Clip-Cov the right number of tokens, within the bounds, by seed', () => {
    const covariance = { kind: 'clip', share: 0.2, low: 0.1, high: 2 } as const;
    const packed = pack(FAR);
    const clips = { clipLow: 0.2, clipHigh: 0.2 };
    const settings = config({ variant: 'clip-cov', ...clips, covariance });
    const report = policyLoss(settings, packed);
    const side = generated(report.clipSide, packed);
    const dropped = new Set(side.flatMap((s, t) => (s === CLIP_SIDE.covariance ? [t] : [])));
    const values = oracle.covariance(FAR);
    const unclipped = generated(
      policyLoss(config({ variant: 'clip-cov', ...clips, covariance: null }), packed).clipSide,
      packed,
    );
    const candidates = values.filter((x, t) => x > 0.1 && x < 2 && unclipped[t] === CLIP_SIDE.none).length;
    expect(candidates).toBeGreaterThan(0);
    expect(dropped.size).toBe(Math.min(candidates, Math.floor(0.2 * values.length)));
    for (const t of dropped) {
      expect(values[t]).toBeGreaterThan(0.1);
      expect(values[t]).toBeLessThan(2);
      expect(unclipped[t]).toBe(CLIP_SIDE.none);
    }
    const objective = (b: readonly oracle.Response[]) => oracle.clipCov(b, 0.2, dropped);
    expect(report.loss).toBeCloseTo(objective(FAR), 12);
    expectClose(generated(report.coefficients, packed), differences(FAR, objective), 1e-8);

    const one = { ...settings, covariance: { ...covariance, share: 0.0002 } };
    const drawn = (stream: number) =>
      policyLoss(one, { ...packed, noise: { seed: 11, stream } }).clipSide.indexOf(CLIP_SIDE.covariance);
    expect(drawn(1)).toBe(drawn(1));
    expect(new Set(Array.from({ length: 40 }, (_, stream) => drawn(stream))).size).toBe(candidates);
  });
});

describe('known limits', () => {
  const same = (a: LossConfigInput, b: LossConfigInput, batch: readonly oracle.Response[]) => {
    const packed = pack(batch);
    const [first, second] = [policyLoss(config(a), packed), policyLoss(config(b), packed)];
    expect(first.loss).toBeCloseTo(second.loss, 12);
    expectClose([...first.coefficients], [...second.coefficients], 1e-13);
  };

  it('DAPO with equal clips and a mean per response is GRPO', () =>
    same({ variant: 'dapo', clipHigh: 0.2, average: 'response' }, { variant: 'grpo' }, FAR));
  it('80/20 with rho 1 is DAPO', () => same({ variant: '80/20', entropyShare: 1 }, { variant: 'dapo' }, FAR));

  const equal = { coldFraction: 0.8, clipLow: 0.2, clipHigh: 0.2, klWeight: 0.04 };
  const alike = {
    variant: 'archer',
    clipLow: 0.2,
    clipHigh: 0.2,
    klWeight: 0.04,
    knowledge: equal,
    dualClip: null,
  } as const;
  it('Archer with equal classes is GRPO with KL', () =>
    same({ ...alike, klAverage: 'loss', average: 'response' }, { variant: 'grpo', klWeight: 0.04 }, FAR));
  it('Archer with knowledge only is GRPO with KL, by a mean over tokens', () =>
    same(
      { ...alike, knowledge: { ...equal, coldFraction: 1 } },
      { variant: 'grpo', klWeight: 0.04, average: 'token' },
      FAR,
    ));

  it('GSPO with responses of one token is GRPO', () => {
    const short = responses(5, [1, 1, 1, 1, 1, 1, 1, 1], 0.9);
    same({ variant: 'gspo', clipLow: 0.2, clipHigh: 0.2 }, { variant: 'grpo' }, short);
  });

  it('on-policy, every token mean has the plain policy gradient -A / N', () => {
    const fresh = FAR.map((o) => ({ ...o, logpNew: o.logpOld }));
    const packed = pack(fresh);
    const expected = generated(packed.advantage, packed).map((a) => -a / 32);
    for (const variant of ['dapo', 'cispo', 'kl-cov'] as const)
      expectClose(generated(policyLoss(config({ variant }), packed).coefficients, packed), expected, 1e-14);
  });
});

describe('metrics', () => {
  const batch: oracle.Response[] = [
    // Ratios 1.5 (clipped above), .5 (not: A > 0), 1.
    {
      logpOld: [-1, -1, -1],
      logpNew: [-1 + Math.log(1.5), -1 + Math.log(0.5), -1],
      logpReference: [-1, -1, -1],
      entropyNats: [1, 1, 1],
      advantage: 1,
    },
    // Ratios .5 (clipped below), 1.5 (not: A < 0), 20.
    {
      logpOld: [-4, -4, -4],
      logpNew: [-4 + Math.log(0.5), -4 + Math.log(1.5), -4 + Math.log(20)],
      logpReference: [-4, -4, -4],
      entropyNats: [1, 1, 1],
      advantage: -1,
    },
  ];
  const packed = pack(batch);

  it('counts what TRL counts', () => {
    const { metrics, clipSide, ratio } = policyLoss(config({ variant: 'grpo', dualClip: 10 }), packed);
    expect(metrics['clip_ratio/low_mean']).toBeCloseTo(1 / 6, 14);
    expect(metrics['clip_ratio/high_mean']).toBeCloseTo(1 / 6, 14);
    expect(metrics['clip_ratio/region_mean']).toBeCloseTo(1 / 3, 14);
    expect(generated(clipSide, packed)).toEqual([2, 0, 0, 1, 0, 3]);
    expectClose(generated(ratio, packed), [1.5, 0.5, 1, 0.5, 1.5, 20], 1e-12);
    // k3 of ratio r against the same reference: 1 / r + ln r - 1.
    const k3 = [1.5, 0.5, 1, 0.5, 1.5, 20].map((r) => 1 / r + Math.log(r) - 1);
    expect(metrics.kl).toBeCloseTo(k3.reduce((a, b) => a + b) / 6, 12);
  });

  it('counts responses where the ratio is one per response', () => {
    // Mean log ratios: ln(.75) / 3 < 0 with A > 0: free; ln(15) / 3 > 0 with A < 0: free.
    expect(policyLoss(config({ variant: 'gspo' }), packed).metrics['clip_ratio/region_mean']).toBe(0);
    const turned = { ...packed, advantage: Array.from(packed.advantage, (a) => -a) };
    const { metrics } = policyLoss(config({ variant: 'gspo' }), turned);
    expect([metrics['clip_ratio/low_mean'], metrics['clip_ratio/high_mean']]).toEqual([0.5, 0.5]);
  });

  it('has no kl without a reference, and refuses a KL term then', () => {
    const { logpReference: _, ...bare } = packed;
    expect(policyLoss(config({ variant: 'dapo' }), bare).metrics.kl).toBeNull();
    expect(() => policyLoss(config({ variant: 'archer' }), bare)).toThrow(/reference policy/);
    expect(() => policyLoss(config({}), { ...bare, mask: new Uint8Array(10) })).toThrow(/generated token/);
  });
});

describe('lossSchema', () => {
  it('fills in a whole objective and keeps what is given', () => {
    expect(config({})).toMatchObject({
      variant: 'grpo',
      clipLow: 0.2,
      clipHigh: 0.2,
      klWeight: 0,
      average: 'response',
    });
    expect(config({ variant: 'dapo' })).toEqual({
      variant: 'dapo',
      advantageScale: 'std',
      generationBatches: 10,
      overlongShare: 0.2,
      ratio: 'token',
      surrogate: 'clipped',
      clipLow: 0.2,
      clipHigh: 0.28,
      dualClip: null,
      average: 'token',
      entropyShare: 1,
      klWeight: 0,
      klAverage: 'loss',
      knowledge: null,
      covariance: null,
    });
    expect(config({ variant: 'dapo', clipHigh: 0.3 })).toMatchObject({ clipLow: 0.2, clipHigh: 0.3, average: 'token' });
    expect(config({ variant: 'clip-cov' })).toMatchObject({ clipLow: 1, clipHigh: 1, generationBatches: 10 });
    expect(config({ variant: 'clip-cov', covariance: { kind: 'clip', share: 0.1 } }).covariance).toEqual({
      kind: 'clip',
      share: 0.1,
      low: 1,
      high: 5,
    });
  });
  it('refuses what has no meaning', () => {
    for (const input of [
      { variant: 'ppo' },
      { clipLow: -0.1 },
      { dualClip: 1 },
      { entropyShare: 0 },
      { colour: 'red' },
      { variant: 'gspo', covariance: { kind: 'kl' } },
    ])
      expect(v.safeParse(lossSchema, input).success, JSON.stringify(input)).toBe(false);
  });
});
