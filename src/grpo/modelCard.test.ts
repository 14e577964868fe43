import { describe, expect, it } from 'vitest';
import { type BaseFigures, type BaseRecord, readBaseRecord, sha256Hex, writeBaseRecord } from './baseRecord.ts';
import { modelCard } from './modelCard.ts';
import { parsePretrainConfig } from './pretrainConfig.ts';

const FIGURES: BaseFigures = {
  tau: 1,
  n: 32,
  prompts: 10,
  seed: 3,
  avg: 0.25,
  pass: { 1: 0.25, 16: 0.875 },
  greedy: 0.3,
  outcomes: { ok: 80, 'wrong answer': 240 },
  knowledgeRight: 0.9985,
  entropyNats: { fork: 0.7, knowledge: 0.01, format: null },
  lowEntropyShare: { fork: 0.02, knowledge: 0.99, format: null },
  meanLength: 12.34,
};

function record(changes: Partial<BaseRecord> = {}): BaseRecord {
  const config = parsePretrainConfig({ task: 'grid-path' });
  return {
    version: 1,
    config,
    stepsTaken: config.steps,
    parameters: 133_056,
    engine: { version: '1.2.3', backend: 'cpu', adapter: 'some wasm' },
    weightsSha256: 'ab'.repeat(32),
    figures: [FIGURES, { ...FIGURES, tau: 0.6, avg: 0.4, pass: { 1: 0.4, 16: 0.9 } }],
    ...changes,
  };
}

describe('modelCard', () => {
  it('shows the figures, a column a temperature, and the command that gives them again', () => {
    const card = modelCard(record());
    expect(card).toContain('|  | tau 1 | tau 0.6 |');
    expect(card).toContain('| pass@1 | 25.0 % | 40.0 % |');
    expect(card).toContain('| outcome: wrong answer | 75.0 % | 75.0 % |');
    expect(card).toContain('| entropy of fork tokens, nats | 0.700 | 0.700 |');
    // No token of that role was met.
    expect(card).toContain('| entropy of format tokens, nats | - | - |');
    expect(card).toContain('--n 32 --k 1,16 --tau 1,0.6 --prompts 10 --seed 3\n');
  });

  it('names the settings, the seed, the engine and the hash', () => {
    const { config } = record();
    const card = modelCard(record());
    for (const told of [
      '133,056',
      `${config.steps} of ${config.batch} traces`,
      '1.2.3, cpu (some wasm)',
      'ab'.repeat(32),
    ])
      expect(card).toContain(told);
    expect(card).toContain('    npm run bases -- grid-path\n');
    expect(card).not.toContain('interrupted');
  });

  it('says how to make what no recipe makes, and when a run did not come to its end', () => {
    const config = parsePretrainConfig({ task: 'grid-path', seed: 8 });
    const card = modelCard(record({ config, stepsTaken: 17, figures: [] }));
    expect(card).toContain('pretrain --task grid-path --out DIR --backend cpu --config FILE');
    expect(card).toContain(`**The run was interrupted** after 17 of ${config.steps} steps`);
    expect(card).toContain('Nothing was measured.');
  });
});

describe('base.json', () => {
  it('reads back as it was written', () => {
    expect(readBaseRecord(writeBaseRecord(record()))).toEqual(record());
  });

  it.each<[string, object, string]>([
    ['a hash that is none', { weightsSha256: 'ab' }, 'base.json: weightsSha256 is not accepted'],
    ['another version', { version: 2 }, 'base.json: version is not accepted'],
    ['a share above 1', { figures: [{ ...FIGURES, greedy: 1.5 }] }, 'base.json: figures.0.greedy is not accepted'],
    ['an empty config', { config: {} }, 'base.json: config.version is not accepted'],
  ])('is refused with %s', (_, changes, sentence) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...record(), ...changes }));
    expect(() => readBaseRecord(bytes)).toThrow(sentence);
  });

  it('hashes as SHA-256 does', async () => {
    expect(await sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
