// A draft of an experiment on a language model: what it asks for, and what it says where it cannot be drawn.

import { describe, expect, it } from 'vitest';
import { modelCellsOf } from '../../../experiments/model/definition.ts';
import { WRITTEN_PROBLEMS } from '../../../llm/problems/writtenProblems.ts';
import { createSettingsStore } from '../../settings/store.ts';
import type { ModelChoice } from '../modelStore.ts';
import {
  type DraftSurroundings,
  domainsOf,
  draftedExperiment,
  FIRST_MODEL_DRAFT,
  longestOf,
  modelSizeText,
  readDefinition,
} from './draft.ts';

const settings = createSettingsStore();
type Loaded = DraftSurroundings['loaded'];
const model = {
  name: 'a model',
  dtype: 'q4',
  hasChatTemplate: true,
  description: { dtypes: [{ dtype: 'q4', bytes: 5_000_000, files: [] }], maxPositions: 32_768 },
} as unknown as NonNullable<Loaded['model']>;
const hub: ModelChoice = { kind: 'hub', repository: 'a/model' };
const policy: ModelChoice = { kind: 'policy', policy: { kind: 'base', task: 'parity' }, task: 'parity', name: 'p' };
const set = { name: 'problems', problems: WRITTEN_PROBLEMS, faults: [] };

const around = (changed: Partial<Loaded> = {}, problems: DraftSurroundings['set'] = set): DraftSurroundings => ({
  loaded: { model, fingerprint: null, choice: hub, ...changed },
  set: problems,
  settings: settings.getState().settings,
});

describe('a draft', () => {
  it('asks the first problems of each chosen domain, through the template that the model has', () => {
    const domains = domainsOf(set);
    expect(domains.length).toBeGreaterThan(2);
    const draft = { ...FIRST_MODEL_DRAFT, each: 3 };
    const whole = draftedExperiment(draft, around());
    expect(whole.name).toBe(`a model, ${3 * domains.length} questions`);
    expect(whole.model).toEqual({ name: 'a model', dtype: 'q4', weightsBytes: 5_000_000 });
    for (const domain of domains) {
      const asked = whole.questions.filter((question) => question.domain === domain);
      const first = WRITTEN_PROBLEMS.filter((problem) => problem.domain === domain).slice(0, 3);
      expect(asked.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    }
    expect(whole.questions[0]!.prompt).toEqual({ system: draft.system, user: whole.questions[0]!.words });
    const some = draftedExperiment({ ...draft, domains: [domains[1]!], name: ' mine ' }, around());
    expect(some).toMatchObject({ name: 'mine', maxNewTokens: 256, rollouts: 8 });
    expect(some.questions.map(({ domain }) => domain)).toEqual(new Array(3).fill(domains[1]));
    const plain = draftedExperiment(draft, around({ model: { ...model, hasChatTemplate: false } }));
    expect(plain.questions[0]!.prompt).toHaveProperty('text');
    expect(draftedExperiment({ ...draft, asChat: false }, around()).questions).toEqual(plain.questions);
  });

  it('asks a policy the held-out problems of its own task, whatever the page’s task is', () => {
    const { questions, maxNewTokens } = draftedExperiment(
      { ...FIRST_MODEL_DRAFT, heldOut: 4 },
      around({ choice: policy, fingerprint: '0a' }, null),
    );
    expect(questions.map(({ id }) => id)).toEqual(['parity/0', 'parity/1', 'parity/2', 'parity/3']);
    expect(maxNewTokens).toBe(settings.getState().settings.config.maxNewTokens);
  });

  it('takes rules in the order in which they are offered', () => {
    const arms = ['two temperatures 1.2 / 1', 'fixed 1', 'one that is not offered any more'];
    const drafted = draftedExperiment({ ...FIRST_MODEL_DRAFT, arms }, around());
    expect(drafted.arms.map(({ name }) => name)).toEqual(['fixed 1', 'two temperatures 1.2 / 1']);
    expect(
      modelSizeText({ ...drafted, questions: drafted.questions.slice(0, 1), rollouts: 1, maxNewTokens: 500 }),
    ).toBe('2 cells: 1 question × 2 rules, 1 rollout each; at most 1,000 tokens');
  });

  it('draws no longer than half of what the model has positions for, where the reader says nothing', () => {
    const short = { ...model, description: { ...model.description, maxPositions: 101 } };
    expect(longestOf({ maxNewTokens: null }, around({ model: short }))).toBe(50);
    expect(longestOf({ maxNewTokens: 400 }, around({ model: short }))).toBe(400);
  });

  it('says in one sentence why it cannot be drawn', () => {
    const refused: [Partial<typeof FIRST_MODEL_DRAFT>, DraftSurroundings, RegExp][] = [
      [{}, around({ model: null }), /^No model is loaded/],
      [{}, around({}, null), /^There is no question/],
      [{ domains: [] }, around(), /^There is no question: choose a domain, or open problems that have some\.$/],
      [{ arms: [] }, around(), /^No rule is chosen/],
      [{ rollouts: 2000 }, around(), /^This cannot be drawn: rollouts .* from 1 to 1024 is needed\)\.$/],
      [{ maxNewTokens: 1e6 }, around(), /^This cannot be drawn: maxNewTokens /],
    ];
    for (const [change, surroundings, sentence] of refused)
      expect(() => draftedExperiment({ ...FIRST_MODEL_DRAFT, ...change }, surroundings)).toThrow(sentence);
  });
});

describe('a definition in a file', () => {
  const saved = draftedExperiment({ ...FIRST_MODEL_DRAFT, each: 1 }, around());

  it('is drawn on the model that is loaded now, alone or with what was found', () => {
    const loaded = { ...around().loaded, fingerprint: '0b' };
    for (const document of [saved, { kind: 'model-experiment', version: 1, experiment: saved, findings: {} }]) {
      const read = readDefinition(JSON.stringify(document), 'x.json', loaded);
      expect(read).toEqual({ ...saved, model: { ...saved.model, name: 'a model 0b' } });
      expect(modelCellsOf(read).length).toBe(modelCellsOf(saved).length);
    }
  });

  it('that is none is refused in one sentence', () => {
    const { loaded } = around();
    const refused: [string, RegExp][] = [
      ['{', /^x\.json is not JSON \(.*\): choose an experiment that was saved here as JSON\.$/s],
      ['[]', /^x\.json holds no experiment: choose one that was saved here as JSON\.$/],
      ['{"experiment": 3}', /^x\.json: /],
      [JSON.stringify({ ...saved, arms: [] }), /^x\.json: arms is not accepted .*\.$/],
    ];
    for (const [text, sentence] of refused) expect(() => readDefinition(text, 'x.json', loaded)).toThrow(sentence);
    expect(() => readDefinition('{}', 'x.json', { ...loaded, model: null })).toThrow(/^No model is loaded/);
  });
});
