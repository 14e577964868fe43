// The Learn room's state: one worked problem, the policy's own distribution at a place in it, and one sampled group.
// All numbers come from the engine; the reader changes what is done with them.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { completionText } from '../../grpo/completionText.ts';
import { characterRoles } from '../../tasks/characterRoles.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import type { Role } from '../../tasks/task.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import type { LabClient } from '../client.ts';
import { Latest } from '../latest.ts';

/** Groups that are looked through for a first one with a signal. */
const MOST_FIRST_DRAWS = 6;
/** G of the room's group. */
export const GROUP = 8;

export interface LearnRollout {
  readonly text: string;
  readonly reward: number;
  readonly outcome: string;
  /** H at tau 1 of each character, nats. */
  readonly entropyNats: readonly number[];
  /** True role of each character's place. */
  readonly roles: readonly (Role | null)[];
}

export interface LearnState {
  readonly task: string;
  /** Token text by id; empty until the policy is there. */
  readonly tokens: readonly string[];
  readonly prompt: string;
  /** A right answer, written by the task itself. */
  readonly completion: string;
  readonly roles: readonly (Role | null)[];
  /** Which character of the completion is looked at. */
  readonly place: number;
  /** log softmax(z), nats, by token id, of the character at `place`; null while it is computed. */
  readonly logp1: Float32Array | null;
  readonly groupPrompt: string;
  /** Rollouts of `groupPrompt` at temperature 1. */
  readonly group: readonly LearnRollout[];
  /** One sentence. */
  readonly failure: string | null;
}

export interface LearnStore extends StoreApi<LearnState> {
  readonly attach: (client: LabClient) => void;
  /** Shows the worked example of a task, and samples a group. */
  readonly open: (task: string) => void;
  readonly look: (place: number) => void;
  /** Asks again for what is shown, as after the loss of an engine. */
  readonly refresh: () => void;
  /** Another problem of the task, with other noise. */
  readonly sampleAnother: () => void;
}

const AT_ONE = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 } });

export function createLearnStore(): LearnStore {
  const store = createStore<LearnState>()(() => ({
    task: '',
    tokens: [],
    prompt: '',
    completion: '',
    roles: [],
    place: 0,
    logp1: null,
    groupPrompt: '',
    group: [],
    failure: null,
  }));
  let client: LabClient | null = null;
  /** Problems drawn so far; also the noise of the next group. */
  let drawn = 0;
  const looks = new Latest();
  const groups = new Latest();

  const guarded = async (work: (asked: LabClient) => Promise<void>) => {
    const asked = client;
    if (asked === null || store.getState().task === '') return;
    try {
      await work(asked);
    } catch (cause) {
      if (asked === client) store.setState({ failure: cause instanceof Error ? cause.message : String(cause) });
    }
  };

  const readDistribution = () =>
    looks.run(() =>
      guarded(async (asked) => {
        const { task, prompt, completion, place } = store.getState();
        const policy = { kind: 'base', task } as const;
        const { tokens } = await asked.call('step/open', { policy });
        const idOf = new Map(tokens.map((token, id) => [token, id]));
        const ids = Int32Array.from(prompt + completion.slice(0, place), (character) => idOf.get(character)!);
        const { logp1 } = await asked.call('step/distribution', { policy, ids });
        const now = store.getState();
        if (now.task === task && now.prompt === prompt && now.place === place) store.setState({ tokens, logp1 });
      }),
    );

  /** @param draws groups to look through for one in which rewards differ; the last is shown in any case */
  const sampleGroup = (draws: number) =>
    groups.run(() =>
      guarded(async (asked) => {
        for (let left = draws; left > 0; left--) {
          const { group, ...shown } = await draw(asked);
          const isDead = group.every(({ reward }) => reward === group[0]!.reward);
          if (left > 1 && isDead) drawn += 1;
          else {
            if (store.getState().task === shown.task) store.setState({ group, groupPrompt: shown.prompt });
            return;
          }
        }
      }),
    );

  const draw = async (asked: LabClient) => {
    const { task: name } = store.getState();
    const task = taskByName(name);
    const policy = { kind: 'base', task: name } as const;
    const { tokens, special } = await asked.call('step/open', { policy });
    const problem = taskSource(task, Object.keys(task.difficulties)[0]!).problem('held-out', 0, drawn);
    const idOf = new Map(tokens.map((token, id) => [token, id]));
    const { rollouts } = await asked.call('step/roll', {
      policy,
      promptIds: Int32Array.from(problem.prompt, (character) => idOf.get(character)!),
      rollouts: GROUP,
      maxNewTokens: task.maxCompletion,
      stop: task.stop,
      sampler: AT_ONE,
      seed: 0,
      stream: drawn,
      forced: Array.from({ length: GROUP }, () => new Int32Array(0)),
      queuesBefore: [],
    });
    const group = rollouts.map(({ ids, entropyNats }): LearnRollout => {
      const text = completionText(ids, { tokens, special: new Set(special) });
      const { roles } = characterRoles(problem, task.alphabet, text);
      return { text, ...problem.verify(text), entropyNats: [...entropyNats], roles };
    });
    return { task: name, prompt: problem.prompt, group };
  };

  const refresh = () => {
    if (store.getState().task === '') return;
    store.setState({ failure: null });
    readDistribution();
    sampleGroup(1);
  };

  return {
    ...store,
    attach: (attached) => {
      client = attached;
      refresh();
    },
    refresh,
    open: (name) => {
      if (store.getState().task === name) return;
      const task = taskByName(name);
      const { prompt, completion } = task.worked;
      const { roles } = characterRoles(
        { roles: (text) => task.roles(task.parse(prompt), text) },
        task.alphabet,
        completion,
      );
      store.setState({ task: name, prompt, completion, roles, place: 0, logp1: null, group: [], failure: null });
      readDistribution();
      sampleGroup(MOST_FIRST_DRAWS);
    },
    look: (place) => {
      store.setState({ place, logp1: null });
      readDistribution();
    },
    sampleAnother: () => {
      drawn += 1;
      sampleGroup(1);
    },
  };
}
