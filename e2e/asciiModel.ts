// A language model for tests: a small policy of drawn weights that reads and writes plain characters, as the files of a
// model's folder. It can be asked anything, and answers nothing right.

import { exportForTransformers } from '../src/llm/export/exportPolicy.ts';
import { WRITTEN_PROBLEMS } from '../src/llm/problems/writtenProblems.ts';
import type { PolicyConfig } from '../src/policy/config.ts';
import { initialParameters } from '../src/policy/initialise.ts';
import { BEGIN, createTokenizer, PAD, STOP } from '../src/policy/tokenizer.ts';

const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

/** As ChatML marks turns, in plain characters. */
const CHAT_TEMPLATE =
  '{% for message in messages %}[{{ message.role }}] {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}';

export function asciiModel({ isChat = false } = {}): ReadonlyMap<string, Uint8Array> {
  const written = WRITTEN_PROBLEMS.flatMap(({ prompt, answer }) => [...prompt, ...answer]);
  const characters = [...new Set(['\n', ...ASCII, ...written])];
  const special = [PAD, STOP, BEGIN];
  const tokenizer = createTokenizer({ characters: characters.join(''), special });
  const config: PolicyConfig = {
    layers: 1,
    width: 32,
    heads: 2,
    kvHeads: 2,
    headWidth: 16,
    mlpWidth: 48,
    vocabulary: tokenizer.size,
    tied: false,
    ropeTheta: 10_000,
    rmsEpsilon: 1e-6,
    maxPositions: 1024,
  };
  const parameters = new Map(
    [...initialParameters(config, 3)].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((x) => (shape.length === 2 ? 8 * x : x)) },
    ]),
  );
  const files = exportForTransformers({
    config,
    parameters,
    tokenizer,
    tokenizerNote: null,
    generation: { stopTokens: [tokenizer.stopId!], padToken: tokenizer.padId, beginToken: tokenizer.beginId },
    trainer: null,
  });
  if (isChat) files.set('chat_template.jinja', new TextEncoder().encode(CHAT_TEMPLATE));
  return files;
}
