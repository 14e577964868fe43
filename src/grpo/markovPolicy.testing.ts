// A policy whose next character depends on the last one alone, by a table: what it emits can be worked out by hand.
//
// One decoder layer that adds nothing; embedding the identity, so the normed state is sqrt(V) times a unit vector, and a
// head that holds the table's log-probabilities over sqrt(V).

import type { PolicyConfig } from '../policy/config.ts';
import { EMBEDDING, FINAL_NORM, HEAD, type NamedTensors, parameterShapes } from '../policy/parameters.ts';
import type { CharacterTokenizer } from '../policy/tokenizer.ts';

/** For a character, how likely each next one is; others never come. Characters without an entry lead anywhere. */
export type MarkovTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** e^-60 is as good as never. */
const NEVER_NATS = -60;

export interface MarkovPolicy {
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
}

export function markovPolicy(tokenizer: CharacterTokenizer, table: MarkovTable, maxPositions = 64): MarkovPolicy {
  const vocabulary = tokenizer.size;
  // Heads of an even width, and as wide as the vocabulary at least.
  const width = 2 * Math.ceil(vocabulary / 2);
  const config: PolicyConfig = {
    layers: 1,
    width,
    heads: 1,
    kvHeads: 1,
    headWidth: width,
    mlpWidth: 2,
    vocabulary,
    tied: false,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-12,
    maxPositions,
  };
  const parameters = new Map(
    parameterShapes(config).map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(shape.reduce((n, d) => n * d, 1)) },
    ]),
  );
  const embedding = parameters.get(EMBEDDING)!.data;
  const head = parameters.get(HEAD)!.data;
  parameters.get(FINAL_NORM)!.data.fill(1);
  for (let id = 0; id < vocabulary; id++) embedding[id * width + id] = 1;
  for (const [last, nexts] of Object.entries(table)) {
    const from = tokenizer.encode(last).at(-1)!;
    for (let to = 0; to < vocabulary; to++) {
      const probability = nexts[tokenizer.tokens[to]!] ?? 0;
      head[to * width + from] = (probability > 0 ? Math.log(probability) : NEVER_NATS) / Math.sqrt(width);
    }
  }
  return { config, parameters };
}
