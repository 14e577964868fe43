// Cells of an experiment on a language model as they might be drawn, from random numbers of a seed.

import { randomSource } from '../../tasks/random.ts';
import type { ModelCellResult } from './cellResult.ts';
import { type ModelCell, type ModelExperiment, modelCellsOf, parseModelExperiment } from './definition.ts';

export interface MadeUp {
  /** By question. */
  readonly domains: readonly string[];
  readonly arms: readonly string[];
  readonly rollouts: number;
  /** Chance that a rollout is correct, in percent. */
  readonly chance?: (cell: ModelCell) => number;
  /** Added to every entropy. */
  readonly moreNats?: (cell: ModelCell) => number;
}

export function madeUpExperiment({ domains, arms, rollouts }: MadeUp): ModelExperiment {
  return parseModelExperiment({
    name: 'made up',
    model: { name: 'model', dtype: 'q4', weightsBytes: 1 },
    questions: domains.map((domain, i) => ({
      id: `q${i}`,
      domain,
      words: `Question ${i}, "quoted"?`,
      prompt: { user: `${i}` },
      stopText: null,
      check: { kind: 'math', answer: `${i}` },
    })),
    arms: arms.map((name) => ({ name, sampler: {} })),
    rollouts,
    maxNewTokens: 30,
  });
}

const VOCABULARY = 12;
const ANSWERS = ['3', ' 3', '4', null];

/** All cells, in the order in which they are drawn. */
export function madeUpCells(made: MadeUp, experiment = madeUpExperiment(made)): ModelCellResult[] {
  const { chance = () => 40, moreNats = () => 0 } = made;
  return modelCellsOf(experiment).map((cell, index) => {
    const random = randomSource(7, index);
    const rollouts = Array.from({ length: made.rollouts }, (_, row) => {
      const ids = Int32Array.from({ length: 1 + random.below(30) }, () => random.below(VOCABULARY));
      const floats = (of: () => number) => Float32Array.from(ids, of);
      return {
        row,
        group: 0,
        promptIds: Int32Array.of(1),
        ids,
        finished: random.below(10) > 0,
        entropyNats: floats(() => random.below(3000) / 1000 + moreNats(cell)),
        thresholdNats: floats(() => 1),
        queueLength: ids.map((_, t) => t),
        hot: Uint8Array.from(ids, () => random.below(2)),
        tau: floats(() => 1),
        // 0 - x: a record keeps no -0.
        logpTau: floats(() => 0 - random.below(100) / 50),
        logp1: floats(() => 0 - random.below(100) / 50),
      };
    });
    const verdicts = rollouts.map(() => {
      const isRight = random.below(100) < chance(cell);
      const extracted = isRight ? `${cell.question}` : ANSWERS[random.below(ANSWERS.length)]!;
      const outcome = isRight ? 'correct' : extracted === null ? 'no answer' : 'wrong answer';
      return { reward: isRight ? 1 : 0, outcome, extracted } as const;
    });
    return {
      ...cell,
      rollouts,
      texts: rollouts.map(({ ids }) => [...ids].join(' ')),
      verdicts,
      pieces: [...new Set(rollouts.flatMap(({ ids }) => [...ids]))].map((id) => [id, `t${id}`] as const),
      queues: [],
      adapter: cell.question === 0 ? 'one GPU' : 'another GPU',
      seconds: 0.5,
    };
  });
}
