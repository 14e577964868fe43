// An experiment on the loaded model as it is drafted, until it is stored.

import {
  type ModelExperiment,
  ModelExperimentError,
  type ModelExperimentInput,
  modelCellsOf,
  parseModelExperiment,
} from '../../../experiments/model/definition.ts';
import { taskByName } from '../../../tasks/index.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ModelState } from '../modelStore.ts';
import type { ProblemSet } from '../problemShelf.ts';
import { FIRST_DRAFT } from '../prompt.ts';
import { armsOf } from './arms.ts';
import { identityOf } from './identity.ts';
import { type Questions, questionsOf, taskQuestionsOf } from './questions.ts';

export interface ModelDraft {
  /** '': it is called by what it asks of whom. */
  readonly name: string;
  /** Domains that are asked; null: all of the set. */
  readonly domains: readonly string[] | null;
  /** The first so many problems of each domain. */
  readonly each: number;
  /** Of a policy that was trained here: held-out problems of its task. */
  readonly heldOut: number;
  readonly system: string;
  /** Through the chat template, where the model has one. */
  readonly asChat: boolean;
  /** Names of the rules, in the order in which they are offered. The first is what the others are compared with. */
  readonly arms: readonly string[];
  /** n. */
  readonly rollouts: number;
  /** Of these, stepped together at most: more are quicker, and take more memory. */
  readonly together: number;
  /** null: what suits the model. */
  readonly maxNewTokens: number | null;
  readonly seed: number;
}

export const FIRST_MODEL_DRAFT: ModelDraft = {
  name: '',
  domains: null,
  each: 5,
  heldOut: 16,
  system: FIRST_DRAFT.system,
  asChat: true,
  arms: ['fixed 1', 'two temperatures 1.2 / 0.8'],
  rollouts: 8,
  together: 8,
  maxNewTokens: null,
  seed: 0,
};

/** What a draft is completed by. */
export interface DraftSurroundings {
  readonly loaded: Pick<ModelState, 'model' | 'fingerprint' | 'choice'>;
  /** Problems that are open; null: none yet. */
  readonly set: ProblemSet | null;
  readonly settings: Pick<Settings, 'config'>;
}

/** Domains of a set, in order of appearance. */
export const domainsOf = ({ problems }: Pick<ProblemSet, 'problems'>): readonly string[] => [
  ...new Set(problems.map(({ domain }) => domain)),
];

/**
 * The experiment that a draft asks for, checked.
 * @throws ModelExperimentError, one sentence
 */
export function draftedExperiment(draft: ModelDraft, surroundings: DraftSurroundings): ModelExperiment {
  const { loaded, settings } = surroundings;
  const { model, fingerprint } = loaded;
  if (model === null) throw new ModelExperimentError('No model is loaded: load the one that is to be asked.');
  const offered = armsOf(settings);
  const arms = offered.filter(({ name }) => draft.arms.includes(name));
  if (arms.length === 0) throw new ModelExperimentError('No rule is chosen: choose at least one to draw by.');
  const questions = draftedQuestions(draft, surroundings);
  if (questions.length === 0)
    throw new ModelExperimentError('There is no question: choose a domain, or open problems that have some.');
  const input: ModelExperimentInput = {
    name: draft.name.trim() === '' ? `${model.name}, ${questions.length} questions` : draft.name,
    model: identityOf({ model, fingerprint }),
    questions,
    arms: arms.map(({ name, sampler }) => ({ name, sampler })),
    rollouts: draft.rollouts,
    together: draft.together,
    maxNewTokens: longestOf(draft, surroundings),
    seed: draft.seed,
  };
  return parseModelExperiment(input, 'This cannot be drawn');
}

/** Of a language model: enough for a short solution. */
const LONGEST = 256;

/** Longest completion of a draft, in tokens. */
export function longestOf(
  { maxNewTokens }: Pick<ModelDraft, 'maxNewTokens'>,
  { loaded: { model, choice }, settings }: Pick<DraftSurroundings, 'loaded' | 'settings'>,
): number {
  if (maxNewTokens !== null) return maxNewTokens;
  if (choice?.kind === 'policy') return settings.config.maxNewTokens;
  return Math.max(1, Math.min(LONGEST, Math.floor((model?.description.maxPositions ?? 2 * LONGEST) / 2)));
}

function draftedQuestions(
  { domains, each, heldOut, system, asChat }: ModelDraft,
  { loaded: { model, choice }, set, settings: { config } }: DraftSurroundings,
): Questions {
  if (choice?.kind === 'policy') {
    const { task, seed, difficulty } = config;
    const isSet = choice.task === task;
    return taskQuestionsOf({
      task: choice.task,
      difficulty: isSet ? difficulty : Object.keys(taskByName(choice.task).difficulties)[0]!,
      seed,
      count: heldOut,
    });
  }
  if (set === null) return [];
  const chosen = domainsOf(set).filter((domain) => domains?.includes(domain) ?? true);
  const problems = chosen.flatMap((domain) =>
    set.problems.filter((problem) => problem.domain === domain).slice(0, each),
  );
  return questionsOf(problems, { system, asChat: asChat && model?.hasChatTemplate === true });
}

const count = (number: number, what: string) => `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;

/** How much an experiment draws: `48 cells: 24 questions × 2 rules, 8 rollouts each; at most 98,304 tokens`. */
export function modelSizeText(experiment: ModelExperiment): string {
  const { questions, arms, rollouts, maxNewTokens } = experiment;
  const cells = modelCellsOf(experiment).length;
  return `${count(cells, 'cell')}: ${count(questions.length, 'question')} × ${count(arms.length, 'rule')}, ${count(rollouts, 'rollout')} each; at most ${count(cells * rollouts * maxNewTokens, 'token')}`;
}

/**
 * Reads a definition, alone or with what was found, to draw it anew on the loaded model.
 * @param name of the file, for messages
 * @throws ModelExperimentError, one sentence
 */
export function readDefinition(text: string, name: string, loaded: DraftSurroundings['loaded']): ModelExperiment {
  const { model, fingerprint } = loaded;
  if (model === null) throw new ModelExperimentError('No model is loaded: load the one that is to be asked.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelExperimentError(
      `${name} is not JSON (${(cause as Error).message}): choose an experiment that was saved here as JSON.`,
      { cause },
    );
  }
  if (!isObject(value))
    throw new ModelExperimentError(`${name} holds no experiment: choose one that was saved here as JSON.`);
  const definition = isObject(value['experiment']) ? value['experiment'] : value;
  return parseModelExperiment({ ...definition, model: identityOf({ model, fingerprint }) }, name);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
