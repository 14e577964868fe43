// The Real model room's groups of rollouts, and everything that can be done with them.
//
// All rollouts of a group go on together, a token each. What was drawn is revealed: a model is too slow to be drawn whole
// and then shown. Wishes are queued; what takes long can be stopped, and keeps the tokens that came.

import { createStore } from 'zustand/vanilla';
import { Latest } from '../latest.ts';
import type { SettingsStore } from '../settings/store.ts';
import { type Fork, openRow, withoutBranch } from '../step/branches.ts';
import { MOST_ROLLOUTS, samplerOf } from '../step/drawing.ts';
import { rolloutFacts } from '../step/facts.ts';
import { branchOf, distributionKey, type ShownGroup } from '../step/group.ts';
import { recordsOf } from '../step/records.ts';
import type { GroupView } from './calls.ts';
import { askedOf, type PromptDraft } from './prompt.ts';
import { type GroupFacts, isEnded, leastSteps, type RealBranch, shownBranch, withSampler } from './shown.ts';
import { INITIAL_REAL_STATE, type RealRoom, type RealState } from './state.ts';

/** Alternatives that are listed at a place. */
const LISTED = 64;
const LONGEST_COMPLETION = 4096;

export function createRealRoom(
  settingsStore: SettingsStore,
  { model, problems, experiments }: Pick<RealRoom, 'model' | 'problems' | 'experiments'>,
): RealRoom {
  const settings = () => settingsStore.getState().settings;
  const store = createStore<RealState>()(() => INITIAL_REAL_STATE);
  const { getState, setState } = store;
  const latest = new Latest();
  let facts: GroupFacts | null = null;
  let noises = 0;
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  /** Of the wish under way. */
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refuse = (cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    // The model went while it was asked: its own message says why.
    if (model.getState().model === null) return;
    setState({ refusal: cause instanceof Error ? cause.message : String(cause) });
  };

  /** Does one wish after the other; a wish that fails says so, and ends the playing. */
  const turn = (job: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    waiting += 1;
    queue = queue.then(async () => {
      abort = new AbortController();
      setState({ isBusy: true });
      try {
        await job(abort.signal);
      } catch (cause) {
        pause();
        refuse(cause);
      }
      waiting -= 1;
      setState({ isBusy: waiting > 0, progress: null });
      if (waiting === 0) showAlternatives();
    });
    return queue;
  };

  const current = (): RealBranch | null => {
    const { branches, group } = getState();
    return branches.find(({ view }) => view.id === group?.current) ?? null;
  };
  const shown = () => {
    const { group } = getState();
    return group === null ? null : branchOf(group);
  };

  /** Token texts, filled in as they are told: a vocabulary is too large to be asked for whole. */
  const learn = (pieces: GroupView['pieces']) => {
    for (const [id, text] of pieces) if (facts !== null) facts.tokens[id] = text;
  };

  /** Puts a branch in the place of the one of its id, or beside all others, and shows it. */
  const put = (branch: RealBranch) => {
    if (facts === null) return;
    learn(branch.view.pieces);
    const seen = shownBranch(branch, facts);
    setState(({ branches, group }) => {
      if (group === null) return {};
      const { id } = branch.view;
      const isKnown = branches.some(({ view }) => view.id === id);
      return {
        branches: isKnown ? branches.map((old) => (old.view.id === id ? branch : old)) : [...branches, branch],
        group: {
          ...group,
          branches: isKnown ? group.branches.map((old) => (old.id === id ? seen : old)) : [...group.branches, seen],
          current: id,
        },
      };
    });
  };

  const look = (place: RealState['place']) => {
    setState({ place });
    showAlternatives();
  };
  /** The newest token of the row that is looked at. */
  const lookAtNewest = () => {
    const branch = current();
    const { row } = getState().place;
    const at = Math.min(row, (branch?.view.rollouts.length ?? 1) - 1);
    const ids = branch?.view.rollouts[at]?.ids;
    setState({ place: { row: at, index: Math.max(0, (ids?.length ?? 0) - 1) } });
  };

  const showAlternatives = () => {
    const { group, place, isBusy, isPlaying, alternatives } = getState();
    const branch = current();
    // A model does one thing at a time: while tokens come, the distribution of the last place stays.
    if (group === null || branch === null || isBusy || isPlaying) return;
    const [sampler] = branch.segments.slice(-1);
    const key = `${distributionKey(group, branchOf(group), place)} ${place.row} ${JSON.stringify(sampler)}`;
    if (alternatives?.key === key) return;
    latest.run(async () => {
      try {
        const found = await model
          .client()
          .call('real/alternatives', { group: branch.view.id, ...place, count: LISTED });
        learn(found.pieces);
        setState({ alternatives: { key, found, refusal: null } });
      } catch (cause) {
        setState({
          alternatives: { key, found: null, refusal: cause instanceof Error ? cause.message : String(cause) },
        });
      }
    });
  };

  const judge = async (branch: RealBranch) => {
    const math = facts?.asked.math ?? null;
    if (math === null || !branch.view.isDone || branch.judgements.length > 0) return;
    try {
      const wish = { answer: math.answer, completions: branch.view.texts };
      const judgements = await model.client().call('real/judge', wish);
      const now = getState().branches.find(({ view }) => view === branch.view);
      if (now !== undefined && current()?.view.id === now.view.id) put({ ...now, judgements });
    } catch (cause) {
      refuse(cause);
    }
  };
  /** Takes what the worker says of a branch. */
  const take = (branch: RealBranch, view: GroupView, segments = branch.segments) => {
    const next = { ...branch, view, segments, judgements: [] };
    put(next);
    lookAtNewest();
    void judge(next);
  };

  const drop = (ids: readonly number[]) => {
    for (const group of ids) void model.client().call('real/drop', { group }).catch(refuse);
  };

  const start = (stream: number) =>
    turn(async (signal) => {
      const { model: loaded, choice } = model.getState();
      if (loaded === null) return;
      const { config } = settings();
      const { draft, maxNewTokens, branches, carriesQueues, place } = getState();
      const asked = askedOf(draft, taskSettings(choice?.kind === 'policy' ? choice.task : config.task));
      const sampler = samplerOf(settings());
      const last = current();
      const goesOn = carriesQueues && last?.segments.at(-1)?.sampler.queue.scope === sampler.queue.scope;
      const queuesBefore = goesOn ? last.view.queues : [];
      const view = await model.client().call(
        'real/start',
        {
          prompt: asked.prompt,
          rollouts: Math.min(config.group, MOST_ROLLOUTS),
          maxNewTokens,
          sampler,
          seed: config.seed,
          stream,
          stopText: asked.stopText,
          queuesBefore,
        },
        { signal },
      );
      drop(branches.map((branch) => branch.view.id));
      const tokens = facts?.tokens ?? Object.assign([], { length: loaded.description.vocabulary });
      facts = { asked, seed: config.seed, maxNewTokens, tokens, version: loaded.name };
      const group: ShownGroup = {
        posed: {
          task: asked.task?.task ?? null,
          title: asked.title,
          problem: asked.task?.problem ?? { prompt: asked.words, verify: unverified, roles: () => [] },
          promptIds: view.promptIds,
        },
        view: { tokens, special: loaded.stopTokens.map(({ piece }) => piece), version: loaded.name },
        branches: [],
        current: view.id,
        recorded: null,
      };
      setState({ group, branches: [], noise: stream, place: { ...place, index: 0 }, whatIfNats: null, refusal: null });
      const first = { view, parent: null, fork: null, stream, segments: [{ from: 0, sampler }], queuesBefore };
      take({ ...first, judgements: [] }, view);
    });
  /** Whose problems are posed: the task of a policy may be another than the one that is set. */
  const taskSettings = (task: string) => {
    const { config } = settings();
    return { task, seed: config.seed, difficulty: config.task === task ? config.difficulty : null };
  };

  /** Draws up to `count` tokens for every rollout by the settings as they are. */
  const draw = (count: number, what: string | null = null) =>
    turn(async (signal) => {
      const branch = current();
      if (branch === null || facts === null || branch.view.isDone) return;
      const sampler = samplerOf(settings());
      const segments = withSampler(branch.segments, branch.view.steps, sampler);
      const from = branch.view.steps;
      const of = Math.min(count, facts.maxNewTokens - from);
      const progress = (view: GroupView) => {
        put({ ...branch, view, segments, judgements: [] });
        lookAtNewest();
        if (what !== null) setState({ progress: { done: view.steps - from, of, what } });
      };
      if (what !== null) setState({ progress: { done: 0, of, what } });
      const wish = { group: branch.view.id, sampler, count: of };
      take(branch, await model.client().call('real/play', wish, { signal, onProgress: progress }), segments);
    });

  const pause = () => {
    clearTimeout(timer);
    setState({ isPlaying: false });
    showAlternatives();
  };
  const tick = async () => {
    const began = performance.now();
    await draw(1);
    const { isPlaying, tokensPerSecond } = getState();
    if (!isPlaying) return;
    const branch = shown();
    if (branch === null || openRow(branch, 0) === null) pause();
    else timer = setTimeout(() => void tick(), Math.max(0, 1000 / tokensPerSecond - (performance.now() - began)));
  };
  const stop = () => {
    pause();
    abort.abort();
  };

  const backTo = (stepsOf: (branch: RealBranch) => number) => {
    pause();
    void turn(async () => {
      const branch = current();
      if (branch === null) return;
      const steps = Math.max(leastSteps(branch), stepsOf(branch));
      const segments = branch.segments.filter(({ from }) => from < steps);
      take(branch, await model.client().call('real/back', { group: branch.view.id, steps }), segments);
    });
  };

  const grow = (token: number, noise: 'same' | 'fresh') =>
    turn(async (signal) => {
      const from = current();
      const { place } = getState();
      if (from === null || facts === null) return;
      const { row, index } = place;
      const fork: Fork = { row, index, token, noise };
      if (noise === 'fresh') noises += 1;
      const stream = noise === 'same' ? from.stream : noises;
      const sampler = samplerOf(settings());
      const segments = withSampler(from.segments, index, sampler);
      const { steps } = from.view;
      const grown = { parent: from.view.id, fork, stream, segments, queuesBefore: from.queuesBefore, judgements: [] };
      const of = steps - index;
      const what = 'Growing the branch';
      setState({ progress: { done: 0, of, what } });
      const view = await model
        .client()
        .call(
          'real/branch',
          { group: from.view.id, row, index, token, stream, sampler, steps },
          { signal, onProgress: (now) => setState({ progress: { done: now.steps - index, of, what } }) },
        );
      const branch = { ...grown, view };
      put(branch);
      setState({ place, refusal: null });
      void judge(branch);
    });

  const reset = () => {
    abort.abort();
    clearTimeout(timer);
    facts = null;
    const { draft, tokensPerSecond, colourBy, carriesQueues, maxNewTokens } = getState();
    setState({ ...INITIAL_REAL_STATE, draft, tokensPerSecond, colourBy, carriesQueues, maxNewTokens });
  };
  model.subscribe(({ model: now, choice }, { model: before }) => {
    if (now === before) return;
    reset();
    if (now === null) return;
    const isOwn = choice?.kind === 'policy';
    const kind: PromptDraft['kind'] = isOwn ? 'task' : now.hasChatTemplate ? 'chat' : 'text';
    const longest = Math.max(1, Math.floor(now.description.maxPositions / 2));
    setState(({ draft }) => ({
      draft: { ...draft, kind },
      maxNewTokens: isOwn ? settings().config.maxNewTokens : Math.min(INITIAL_REAL_STATE.maxNewTokens, longest),
    }));
  });

  return {
    ...store,
    model,
    problems,
    experiments,
    edit: (change) =>
      setState(({ draft }) => ({
        draft: { ...draft, ...(change.user !== undefined && { posed: null }), ...change },
      })),
    setMaxNewTokens: (tokens) =>
      setState({ maxNewTokens: Math.min(LONGEST_COMPLETION, Math.max(1, Math.round(tokens))) }),
    roll: () => {
      stop();
      return start(getState().noise);
    },
    rollAgain: () => {
      stop();
      return start(getState().noise);
    },
    freshNoise: () => {
      stop();
      noises += 1;
      return start(noises);
    },
    next: () => draw(1),
    nextRollout: null,
    revealAll: () => {
      pause();
      return draw(Number.POSITIVE_INFINITY, 'Drawing to the end');
    },
    back: () => backTo(({ view }) => view.steps - 1),
    toStart: () => backTo(() => 1),
    play: () => {
      if (getState().isPlaying) return;
      setState({ isPlaying: true });
      void tick();
    },
    pause: stop,
    setSpeed: (tokensPerSecond) => setState({ tokensPerSecond }),
    look,
    branch: (token, noise) => {
      pause();
      return grow(token, noise);
    },
    showBranch: (id) => {
      pause();
      setState(({ group }) => ({ group: group && { ...group, current: id } }));
      const branch = current();
      if (branch?.fork) look({ row: branch.fork.row, index: branch.fork.index });
      else {
        const { place } = getState();
        const length = branch?.view.rollouts[place.row]?.ids.length ?? 1;
        look({ row: place.row, index: Math.min(place.index, length - 1) });
      }
      if (branch !== null) void judge(branch);
    },
    removeBranch: (id) => {
      const { group, branches } = getState();
      const gone = group?.branches.find((branch) => branch.id === id);
      if (group === null || gone === undefined || gone.parent === null) return;
      pause();
      const left = withoutBranch(group.branches, id);
      const isThere = (of: number) => left.some((branch) => branch.id === of);
      drop(branches.map(({ view }) => view.id).filter((of) => !isThere(of)));
      setState({
        group: { ...group, branches: left, current: isThere(group.current) ? group.current : gone.parent },
        branches: branches.filter(({ view }) => isThere(view.id)),
      });
      lookAtNewest();
      showAlternatives();
    },
    judgeBy: (whatIfNats) => setState({ whatIfNats }),
    colour: (colourBy) => setState({ colourBy }),
    carryQueues: (carriesQueues) => setState({ carriesQueues }),
    records: () => {
      const { group } = getState();
      const branch = current();
      const known = facts;
      if (group === null || branch === null || known === null) return [];
      return recordsOf(group, branchOf(group), samplerOf(settings()), (strip) => {
        const { text, verdict } = rolloutFacts(group, strip);
        const words = isEnded(strip.rollout, known) ? 'not judged' : 'unfinished';
        return { completion: text, reward: verdict?.reward ?? 0, outcome: verdict?.outcome ?? words };
      });
    },
    dismiss: () => setState({ refusal: null }),
  };
}

/** What nothing judges is not solved. */
const unverified = () => ({ reward: 0, outcome: 'unfinished' as const });
