// The worker's side of the conversation: one engine, and the answer to each question.

import type { PolicyEngine, Rollout } from '../policy/engine.ts';
import { parameterCount } from '../policy/parameters.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { type OpenedEngine, openEngine } from './openEngine.ts';
import type { AnswerTo, Question, RollQuestion } from './protocol.ts';
import { SPECIMEN_CONFIG, SPECIMEN_PROMPT, specimenParameters } from './specimen.ts';

export class Session {
  readonly #onLost: (sentence: string) => void;
  #opened: Promise<OpenedEngine> | null = null;

  constructor(onLost: (sentence: string) => void) {
    this.#onLost = onLost;
  }

  /** @throws Error whose message is one readable sentence. */
  async answer<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    this.#opened ??= this.#open();
    return (await this.#reply(await this.#opened, question)) as AnswerTo<Q>;
  }

  async #reply({ engine, notice }: OpenedEngine, question: Question): Promise<AnswerTo<Question>> {
    switch (question.ask) {
      case 'open':
        return {
          backend: engine.backend,
          adapter: engine.adapter,
          notice,
          parameters: parameterCount(engine.config),
        };
      case 'roll':
        return roll(engine, question);
      case 'distribution':
        return nextTokenLogp1(engine, question.ids);
    }
  }

  async #open(): Promise<OpenedEngine> {
    const opened = await openEngine(SPECIMEN_CONFIG);
    await opened.engine.loadParameters(specimenParameters());
    void opened.lost?.then(this.#onLost);
    return opened;
  }
}

function roll(engine: PolicyEngine, { rows, tokens, seed, sampler }: RollQuestion): Promise<Rollout[]> {
  return engine.generate({
    prompts: Array.from({ length: rows }, () => SPECIMEN_PROMPT),
    group: new Int32Array(rows),
    maxNewTokens: tokens,
    stopTokens: [],
    sampler: parseSamplerConfig(sampler),
    seed,
  });
}

/**
 * log softmax(z) of the token after `ids`, by token id. The engine scores given tokens, so every token of the
 * vocabulary is tried: V rows that share the prefix. Meant for small vocabularies.
 */
async function nextTokenLogp1(engine: PolicyEngine, ids: readonly number[]): Promise<Float32Array> {
  const length = ids.length + 1;
  const rows = engine.config.vocabulary;
  const { logp1 } = await engine.score({
    ids: Int32Array.from({ length: rows * length }, (_, i) => ids[i % length] ?? Math.floor(i / length)),
    rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * length),
    tau: new Float32Array(rows * length).fill(1),
  });
  return Float32Array.from({ length: rows }, (_, row) => logp1[row * length + ids.length]!);
}
