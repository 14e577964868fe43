import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { awkwardRecord, awkwardRollout } from './rolloutRecord.testing.ts';
import {
  parseRolloutRecord,
  RolloutRecordError,
  recordOfRollout,
  rolloutOfRecord,
  rolloutRecordLine,
} from './rolloutRecord.ts';

// <pad> is 0, then '0' is 1.
const tokenizer = createTokenizer({ characters: '0123456789.', special: [PAD] });
const rollout = awkwardRollout([8, 9, 11]);
const record = { ...awkwardRecord(rollout, '78.'), prompt: '23' };

describe('a rollout record', () => {
  it('keeps every number of the engine, bit for bit, through text and back', () => {
    const read = parseRolloutRecord(rolloutRecordLine(record), 'line 1', tokenizer);
    expect(read).toEqual(record);
    // toEqual tells the bits of typed arrays apart except for the signs of NaN.
    expect(rolloutOfRecord(read, 5)).toEqual(rollout);
  });

  it('does so for any float32', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }), (x) => {
        // JSON has no -0.
        const logp1 = Float32Array.from(x, (value) => value + 0);
        const line = rolloutRecordLine({ ...record, logp1: [...logp1] });
        expect(rolloutOfRecord(parseRolloutRecord(line, 'line 1'), 5).logp1).toEqual(logp1);
      }),
    );
  });

  it('writes float32 in at most nine digits', () => {
    const line = rolloutRecordLine({ ...record, tau: [Math.fround(0.1), Math.fround(1.2), Math.fround(1 / 3)] });
    expect(line).toContain('"tau":[0.1,1.2,0.33333334]');
  });

  it('stands on one line whatever its texts hold', () => {
    expect(rolloutRecordLine({ ...record, completion: 'a\nb\u2028' })).not.toMatch(/[\n\r]/);
  });

  it('takes roles for as many tokens as there are', () => {
    const context = { ...record, role: [null] };
    expect(() => recordOfRollout(rollout, context)).toThrow('The rollout has 3 tokens, but 1 roles are given.');
  });
});

describe('parseRolloutRecord', () => {
  const line = rolloutRecordLine(record);
  const changed = (fields: object) => JSON.stringify({ ...JSON.parse(line), ...fields });
  const scored = (fields: object) => changed({ scored: { ...JSON.parse(line).scored, ...fields } });

  it.each<[string, string]>([
    [line.slice(0, 100), 'r.jsonl line 7: it is not valid JSON.'],
    ['3', 'r.jsonl line 7: the line is not accepted (Invalid type: Expected Object but received 3).'],
    [changed({ version: 2 }), 'r.jsonl line 7: version is not accepted (Invalid type: Expected 1 but received 2).'],
    [changed({ tua: 1 }), 'r.jsonl line 7: tua is not accepted (Invalid key: Expected never but received "tua").'],
    [changed({ tau: [1, 1] }), 'r.jsonl line 7: tau has 2 entries, but ids has 3; there must be one for each token.'],
    [changed({ role: [] }), 'r.jsonl line 7: role has 0 entries, but ids has 3; there must be one for each token.'],
    [
      scored({ ratio: [1, 1, 1, 1] }),
      'r.jsonl line 7: scored.ratio has 4 entries, but ids has 3; there must be one for each token.',
    ],
    [
      scored({ clipSide: [0, 0, 9] }),
      'r.jsonl line 7: scored.clipSide.2 is not accepted (Invalid type: Expected (0 | 1 | 2 | 3 | 4) but received 9).',
    ],
    [
      changed({ logp1: [0, null, 0] }),
      'r.jsonl line 7: logp1.1 is not accepted (Invalid type: Expected number but received null).',
    ],
    [changed({ promptIds: [] }), 'r.jsonl line 7: promptIds is empty, but a prompt has at least one token.'],
    [changed({ ids: [8, 9, 12] }), 'r.jsonl line 7: ids holds 12, but this model has 12 tokens (0 to 11).'],
    [changed({ completion: '79.' }), 'r.jsonl line 7: completion is "79.", but ids reads "78.".'],
    [changed({ prompt: '9' }), 'r.jsonl line 7: prompt is "9", but promptIds reads "23".'],
  ])('refuses %s in one sentence', (text, message) => {
    const read = () => parseRolloutRecord(text, 'r.jsonl line 7', tokenizer);
    expect(read).toThrow(RolloutRecordError);
    expect(read).toThrow(message);
  });
});
