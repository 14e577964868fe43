// Test code: drawn policies to export, in Node and in a browser.

import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import { initialParameters } from '../../policy/initialise.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import { BEGIN, createTokenizer, PAD, STOP } from '../../policy/tokenizer.ts';

/** These weights with a tokenizer of as many tokens, <pad>, <eos> and <bos> among them. */
export function checkpointOf(config: PolicyConfig, parameters: NamedTensors): LoadedCheckpoint {
  const special = [PAD, STOP, BEGIN];
  const characters = Array.from({ length: config.vocabulary - special.length }, (_, i) => String.fromCodePoint(97 + i));
  const tokenizer = createTokenizer({ characters: characters.join(''), special });
  const generation = { stopTokens: [tokenizer.stopId!], padToken: tokenizer.padId, beginToken: tokenizer.beginId };
  return { config, parameters, generation, tokenizer, tokenizerNote: null, trainer: null };
}

/** Drawn weights, wide enough that logits differ by several units; gains and biases are drawn too. */
export function drawnPolicy(changed: Partial<PolicyConfig> = {}): LoadedCheckpoint {
  const config: PolicyConfig = {
    layers: 2,
    width: 20,
    heads: 6,
    kvHeads: 2,
    headWidth: 16,
    mlpWidth: 28,
    vocabulary: 23,
    tied: false,
    ropeTheta: 500,
    rmsEpsilon: 1e-5,
    maxPositions: 48,
    ...changed,
  };
  const drawn = [...initialParameters(config, 11)].map(([name, { shape, data }], k) => {
    const values = data.map((x, i) => (shape.length === 2 ? 10 * x : x + Math.sin(7 * i + k) / 2));
    return [name, { shape, data: values }] as const;
  });
  return checkpointOf(config, new Map(drawn));
}
