import { describe, expect, it } from 'vitest';
import { readCheckpoint, TOKENIZER_FILE, WEIGHTS_FILE, writeCheckpoint } from '../../policy/checkpoint.ts';
import { drawnCheckpoint } from '../step/step.testing.ts';
import { acceptPolicy } from './accept.ts';

const files = (task: string) => writeCheckpoint(drawnCheckpoint(task));

describe('a checkpoint from elsewhere', () => {
  it('is stored as it is read', () => {
    const { name, task, origin, files: kept } = acceptPolicy(files('parity'), 'parity', 'my base');
    expect({ name, task, origin }).toEqual({ name: 'my base', task: 'parity', origin: 'Opened from my base.' });
    expect(readCheckpoint(kept).parameters).toEqual(drawnCheckpoint('parity').parameters);
    expect(acceptPolicy(files('parity'), 'parity', '').name).toBe('Parity, short or long, opened');
  });

  it('says what it lacks, in one sentence', () => {
    const refusal = (change: (given: Map<string, Uint8Array>) => void, task = 'countdown') => {
      const given = files('countdown');
      change(given);
      return () => acceptPolicy(given, task, 'x');
    };
    expect(refusal((given) => given.clear())).toThrow(
      'There is no policy in it: a checkpoint has a config.json and a model.safetensors.',
    );
    expect(refusal((given) => given.delete(WEIGHTS_FILE))).toThrow('The checkpoint has no model.safetensors.');
    expect(refusal((given) => given.delete(TOKENIZER_FILE))).toThrow(
      'This policy cannot do Countdown: The checkpoint has no tokenizer.json.',
    );
    expect(refusal((given) => given.set(WEIGHTS_FILE, given.get(WEIGHTS_FILE)!.slice(0, 500)))).toThrow(
      /^model\.safetensors: [^\n]*\.$/,
    );
    expect(refusal(() => {}, 'parity')).toThrow(
      /^This policy cannot do Parity, short or long: The character ".*" at position \d+ is not in the alphabet ".*"\.$/,
    );
  });
});
