// The Step room's state and everything that can be done in it.
//
//   settings, prompt, noise --sync--> a group of rollouts, drawn whole --reveal--> what is shown, token by token
//
// `sync` compares what is wanted with what is there and draws what differs: another prompt or noise draws a new group;
// another sampler draws all tokens anew that are not revealed (take.ts). Whoever reveals waits for it, so that the next
// token always obeys the settings as they are.
//
// Entropy queues: a take fills them from its own first token on, forced tokens included, whatever the scope. A queue that
// the settings keep over batches starts empty here too, so that a link shows the same tokens elsewhere, unless the reader
// asks to carry on with what the group before left in it.

import { createStore } from 'zustand/vanilla';
import { RolloutRecordError } from '../../grpo/rolloutRecord.ts';
import type { LabClient } from '../client.ts';
import type { SettingsStore } from '../settings/store.ts';
import {
  type Branch,
  firstBranch,
  grown,
  keptOf,
  openRow,
  type Place,
  redrawn,
  reveal,
  revealedOf,
  unreveal,
  withoutBranch,
} from './branches.ts';
import { Distributions } from './distributions.ts';
import { drawTake, groupKey, isOutdated, MOST_ROLLOUTS, queuesFor } from './drawing.ts';
import { RecordFileError, readRecordFile } from './files.ts';
import { branchOf, distributionKey, prefixOf, type ShownGroup } from './group.ts';
import type { StepPolicyRef } from './policy.ts';
import { PromptError, pose, tokenizerOf } from './posed.ts';
import { recordedGroup } from './recorded.ts';
import { isScorable, Scoring } from './scoring.ts';
import { INITIAL_STATE, type StepRoom, type StepState } from './state.ts';

const sentenceOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));

export function createStepRoom(settingsStore: SettingsStore): StepRoom {
  const settings = () => settingsStore.getState().settings;
  const store = createStore<StepState>()(() => ({
    ...INITIAL_STATE,
    policy: { kind: 'base', task: settings().config.task },
  }));
  const { getState, setState } = store;
  const distributions = new Distributions();
  const scoring = new Scoring();
  let client: LabClient | null = null;
  /** Of the group that is shown, and of the last prompt that was refused. */
  let shownKey = '';
  let refusedKey = '';
  let noises = 0;
  let branchIds = 0;
  let running: Promise<void> | null = null;
  let isStale = false;
  let wishes: (() => Promise<void>)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const refuse = (cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    const isOfInput = [PromptError, RolloutRecordError, RecordFileError].some((kind) => cause instanceof kind);
    setState({ refusal: sentenceOf(cause), canRetry: !isOfInput });
  };

  /** Puts a branch in the place of the one of its id, or beside all others. */
  const put = (branch: Branch) =>
    setState(({ group }) => {
      if (group === null) return {};
      const isKnown = group.branches.some(({ id }) => id === branch.id);
      const branches = isKnown
        ? group.branches.map((known) => (known.id === branch.id ? branch : known))
        : [...group.branches, branch];
      return { group: { ...group, branches } };
    });

  const drawGroup = async (line: LabClient, key: string) => {
    const { config, prompt, problem } = settings();
    const { policy, noise, group: before, carriesQueues } = getState();
    const view = await line.call('step/open', { policy });
    const posed = pose({ ...config, prompt, problem }, tokenizerOf(view));
    const forced = Array.from({ length: Math.min(config.group, MOST_ROLLOUTS) }, () => new Int32Array());
    const last = before === null ? null : branchOf(before).take;
    const goesOn = carriesQueues && last?.sampler.queue.scope === config.sampler.queue.scope;
    const queuesBefore = goesOn ? last.queuesAfter : [];
    const take = await drawTake(line, settings(), policy, posed, { stream: noise, forced, queuesBefore });
    shownKey = key;
    branchIds = 0;
    const group: ShownGroup = { posed, view, branches: [reveal(firstBranch(take), 0, 1)], current: 0, recorded: null };
    setState({ group, place: { row: 0, index: 0 }, refusal: null, whatIfNats: null });
  };

  const redraw = async (line: LabClient, { posed, view }: ShownGroup, branch: Branch) => {
    const { task } = posed;
    if (task === null || branch.take === null) return;
    const forced = branch.strips.map(({ rollout }, row) => rollout.ids.slice(0, keptOf(branch, row)));
    const { stream, take: before } = branch;
    const wish = { stream, forced, queuesBefore: queuesFor(settings(), before) };
    const take = await drawTake(line, settings(), getState().policy, { ...posed, task }, wish);
    const now = getState().group?.branches.find(({ id }) => id === branch.id);
    if (take.version !== view.version) {
      // The weights are others by now: half a group of each would be neither.
      shownKey = '';
      isStale = true;
    } else if (now === undefined || now.revealed.some((count, row) => count !== branch.revealed[row])) {
      // Somebody went back meanwhile: what was drawn begins with tokens that are no longer shown.
      isStale = true;
    } else {
      put(redrawn(now, take));
      setState({ refusal: null });
    }
  };

  const syncOnce = async () => {
    // A record is what it is, whatever is set.
    if (client === null || getState().records !== null) return;
    const key = groupKey(settings(), getState().policy, getState().noise);
    if (key === refusedKey) return;
    const { group } = getState();
    if (key === shownKey) {
      if (group !== null && isOutdated(settings(), branchOf(group))) await redraw(client, group, branchOf(group));
      return;
    }
    try {
      await drawGroup(client, key);
    } catch (cause) {
      if (cause instanceof PromptError) refusedKey = key;
      throw cause;
    }
  };

  const drain = async () => {
    setState({ isBusy: true });
    while (isStale || wishes.length > 0) {
      const job = isStale ? syncOnce : wishes.shift()!;
      isStale = false;
      try {
        await job();
      } catch (cause) {
        refuse(cause);
        wishes = [];
      }
    }
    running = null;
    setState({ isBusy: false });
    showAnswers();
  };
  const work = (): Promise<void> => {
    running ??= drain();
    return running;
  };
  const sync = (): Promise<void> => {
    isStale = true;
    return work();
  };

  /** The shown branch, once it is as the settings have it; null when that could not be done. */
  const settled = async (): Promise<Branch | null> => {
    await (running ?? sync());
    const { group } = getState();
    if (group === null || (group.recorded === null && isOutdated(settings(), branchOf(group)))) return null;
    return branchOf(group);
  };

  const look = (place: Place) => {
    setState({ place });
    showAnswers();
  };

  /** A record is asked of the base of its task; whether that sampled it shows at every token. */
  const policyToAsk = ({ recorded, posed, view }: ShownGroup): StepPolicyRef | null => {
    if (recorded === null) return getState().policy;
    const isRead = posed.task !== null && view.special.length > 0;
    return isRead ? { kind: 'base', task: posed.task.name } : null;
  };

  const showDistribution = () => {
    const { group, place, distribution } = getState();
    const policy = group === null ? null : policyToAsk(group);
    if (group === null || client === null || policy === null) return;
    const key = distributionKey(group, branchOf(group), place);
    if (distribution?.key === key) return;
    const known = distributions.known(key);
    if (known !== undefined) setState({ distribution: { key, next: known, refusal: null } });
    else {
      const wish = { policy, ids: prefixOf(group, branchOf(group), place) };
      // A record is shown without a policy too: the page may have none for it.
      const fail = (cause: unknown) =>
        group.recorded === null
          ? refuse(cause)
          : setState({ distribution: { key, next: null, refusal: sentenceOf(cause) } });
      distributions.ask(client, key, wish, showDistribution, fail);
    }
  };

  /** Asks for what is shown of the place and of the group beside the tokens. */
  const showAnswers = () => {
    showDistribution();
    const { group, policy, updates } = getState();
    if (group === null || client === null || group.recorded !== null || !isScorable(branchOf(group))) return;
    const wish = { group, branch: branchOf(group), config: settings().config, policy, updates };
    scoring.ask(client, wish, (score) => setState({ score }));
  };

  /** Reveals so many tokens of the first row, from the one that is looked at, that has some to reveal. */
  const revealMore = async (tokens: number) => {
    const branch = await settled();
    const row = branch && openRow(branch, getState().place.row);
    if (branch === null || row === null) return;
    const more = reveal(branch, row, tokens);
    put(more);
    look({ row, index: revealedOf(more, row) - 1 });
  };

  const pause = () => {
    clearTimeout(timer);
    setState({ isPlaying: false });
  };
  const tick = async () => {
    await revealMore(1);
    const { group, isPlaying, tokensPerSecond, refusal } = getState();
    if (!isPlaying) return;
    if (group === null || refusal !== null || openRow(branchOf(group), 0) === null) pause();
    else timer = setTimeout(() => void tick(), 1000 / tokensPerSecond);
  };

  /** Hides tokens. Those that other settings drew are drawn anew before they are shown again. */
  const hide = (change: (branch: Branch) => Branch) => {
    pause();
    const { group, place } = getState();
    if (group === null) return;
    const before = branchOf(group);
    const branch = change(before);
    put(branch);
    const changed = branch.revealed.findIndex((count, row) => count !== before.revealed[row]);
    const row = changed === -1 ? place.row : changed;
    look({ row, index: Math.max(0, revealedOf(branch, row) - 1) });
    void sync();
  };

  const takeFork = (token: number, noise: 'same' | 'fresh') => async () => {
    const { group, place, policy } = getState();
    if (group === null || client === null) return;
    const from = branchOf(group);
    const { task } = group.posed;
    if (task === null || from.take === null) return;
    const { row, index } = place;
    const forced = from.strips.map(({ rollout }, r) =>
      r === row ? Int32Array.from([...rollout.ids.subarray(0, index), token]) : rollout.ids,
    );
    if (noise === 'fresh') noises += 1;
    const stream = noise === 'same' ? from.stream : noises;
    const wish = { stream, forced, queuesBefore: queuesFor(settings(), from.take) };
    const take = await drawTake(client, settings(), policy, { ...group.posed, task }, wish);
    branchIds += 1;
    const branch = grown(from, branchIds, { row, index, token, noise }, take);
    put(branch);
    setState((state) => ({ group: state.group && { ...state.group, current: branch.id }, refusal: null }));
    look(place);
  };

  const closeRecords = () => {
    if (getState().records === null) return;
    shownKey = '';
    setState({ records: null });
  };
  const showRecorded = (index: number) => {
    const recorded = getState().records?.[index];
    if (recorded === undefined) return;
    pause();
    setState({ group: recordedGroup(recorded), place: { row: 0, index: 0 }, whatIfNats: null, refusal: null });
    look({ row: 0, index: 0 });
  };

  settingsStore.subscribe(({ settings: now }, { settings: before }) => {
    if (now.config.task !== before.config.task) {
      pause();
      closeRecords();
      setState({ policy: { kind: 'base', task: now.config.task }, noise: 0 });
    }
    if (now.config !== before.config || now.prompt !== before.prompt || now.problem !== before.problem) void sync();
  });

  return {
    ...store,
    attach: (attached) => {
      client = attached;
      // What an engine could not do that is gone, this one may.
      if (getState().canRetry) setState({ refusal: null });
      void sync();
    },
    sync,
    pose: (prompt, problem = 0) => {
      const { group } = getState();
      try {
        if (group !== null && group.recorded === null)
          pose({ ...settings().config, prompt, problem }, tokenizerOf(group.view));
        pause();
        closeRecords();
        setState({ refusal: null });
        settingsStore.pose(prompt, problem);
        void sync();
      } catch (cause) {
        if (!(cause instanceof PromptError)) throw cause;
        refuse(cause);
      }
    },
    freshNoise: () => {
      pause();
      closeRecords();
      noises += 1;
      setState({ noise: noises });
      void sync();
    },
    rollAgain: () => {
      pause();
      closeRecords();
      shownKey = '';
      return sync();
    },
    next: () => revealMore(1),
    nextRollout: () => revealMore(Number.POSITIVE_INFINITY),
    revealAll: async () => {
      pause();
      const branch = await settled();
      if (branch === null) return;
      const all = branch.strips.reduce((more, { rollout }, row) => reveal(more, row, rollout.ids.length), branch);
      put(all);
      const { row } = getState().place;
      look({ row, index: revealedOf(all, row) - 1 });
    },
    back: () => hide(unreveal),
    toStart: () => hide((branch) => reveal({ ...branch, revealed: branch.revealed.map(() => 0), trail: [] }, 0, 1)),
    play: () => {
      if (getState().isPlaying) return;
      setState({ isPlaying: true });
      void tick();
    },
    pause,
    setSpeed: (tokensPerSecond) => setState({ tokensPerSecond }),
    look,
    branch: (token, noise) => {
      pause();
      wishes.push(takeFork(token, noise));
      return work();
    },
    showBranch: (id) => {
      pause();
      const { group, place } = getState();
      const branch = group?.branches.find((known) => known.id === id);
      if (group === null || branch === undefined) return;
      setState({ group: { ...group, current: id } });
      const row = branch.fork?.row ?? place.row;
      look({ row, index: branch.fork?.index ?? Math.min(place.index, Math.max(0, revealedOf(branch, row) - 1)) });
      void sync();
    },
    removeBranch: (id) => {
      const { group, place } = getState();
      const gone = group?.branches.find((branch) => branch.id === id);
      if (group === null || gone === undefined || gone.parent === null) return;
      const branches = withoutBranch(group.branches, id);
      const current = branches.some((branch) => branch.id === group.current) ? group.current : gone.parent;
      const shown = branchOf({ branches, current });
      setState({ group: { ...group, branches, current } });
      look({ row: place.row, index: Math.min(place.index, Math.max(0, revealedOf(shown, place.row) - 1)) });
    },
    judgeBy: (whatIfNats) => setState({ whatIfNats }),
    updateBy: (updates) => {
      setState({ updates });
      showAnswers();
    },
    colour: (colourBy) => setState({ colourBy }),
    carryQueues: (carriesQueues) => setState({ carriesQueues }),
    choosePolicy: (policy) => {
      pause();
      setState({ policy });
      void sync();
    },
    openFile: (name, bytes) => {
      try {
        setState({ records: readRecordFile(name, bytes) });
        showRecorded(0);
      } catch (cause) {
        if (!(cause instanceof RolloutRecordError || cause instanceof RecordFileError)) throw cause;
        refuse(cause);
      }
    },
    showRecorded,
    closeFile: () => {
      closeRecords();
      void sync();
    },
    dismiss: () => setState({ refusal: null }),
  };
}
