// The worker's side of experiments: which there are, and a queue of those that are to run, one at a time.
//
//   run: claim -> wait for the one before -> cells, one after the other -> finished, paused or failed -> the next

import { type Experiment, parseExperiment } from '../../experiments/definition.ts';
import { Turns } from '../../policy/turns.ts';
import type { Service } from '../call.ts';
import type { Tell } from '../protocol.ts';
import { NotWrittenError } from '../storage/errors.ts';
import type { Claim } from '../storage/ownership.ts';
import type { ExperimentCalls, ExperimentEntry, ExperimentPhase, ExperimentState } from './calls.ts';
import { estimateExperiment } from './estimate.ts';
import { openExperimentFile, resultsFile } from './files.ts';
import type { ExperimentLibrary, ExperimentRecord } from './library.ts';
import { ExperimentRunner } from './runner.ts';
import type { StartHost } from './starts.ts';

const NEWS_MS = 250;
const WAS_CLOSED = 'It was stopped when its tab was closed or reloaded: it goes on from where it was last saved.';

export interface ExperimentServiceParts {
  readonly host: StartHost;
  readonly library: ExperimentLibrary;
  readonly tell: Tell;
}

export interface ExperimentServices {
  readonly calls: Service<ExperimentCalls>;
  /** For the list of all that is stored; an experiment that runs here is paused before it is deleted. */
  readonly stored: Pick<ExperimentLibrary, 'list' | 'remove'>;
}

/** An experiment that this tab has claimed. */
interface Queued {
  readonly id: string;
  readonly definition: Experiment;
  readonly claim: Claim;
  readonly abort: AbortController;
  /** Settles when it stands still; null: it waits. */
  ended: Promise<void> | null;
  /** null before its results were counted. */
  runner: ExperimentRunner | null;
}

interface End {
  readonly phase: 'paused' | 'failed';
  readonly notice: string | null;
}

export function openExperiments({ host, library, tell }: ExperimentServiceParts): ExperimentServices {
  /** The first runs. */
  const queue: Queued[] = [];
  /** How those ended of which a full storage has not kept it. */
  const ends = new Map<string, End>();
  const turns = new Turns();
  /** Two at once would time each other. */
  const estimates = new Turns();
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const entryOf = (record: ExperimentRecord): ExperimentEntry => {
    const { definition, createdAt, usedAt, origin, id } = record.stored;
    const queued = queue.find((each) => each.id === id);
    const state = queued === undefined ? restingState(record, ends.get(id) ?? null) : queuedState(queued, record.cells);
    return { definition, createdAt, usedAt, origin, bytes: record.bytes, state };
  };
  const entry = async (id: string): Promise<ExperimentEntry> => entryOf(await library.record(id));

  const sayProgress = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const running = queue[0];
    if (running === undefined || running.runner === null) return;
    toldAt = performance.now();
    tell('experiment/news', queuedState(running, running.runner.cells));
  };
  // While the CPU engine holds the thread no timer fires, so the time is looked at here too.
  const changed = () => {
    const left = toldAt + NEWS_MS - performance.now();
    if (left <= 0) sayProgress();
    else timer ??= setTimeout(sayProgress, left);
  };
  /** That the phase of one is another. */
  const say = async (id: string): Promise<void> => tell('experiment/news', (await entry(id)).state);

  const run = async (queued: Queued): Promise<void> => {
    const { id, definition, abort } = queued;
    let end: End = { phase: 'paused', notice: null };
    try {
      // Whether it is noted that it runs matters less than that it runs.
      await library.setState(id, 'running', null).catch(() => undefined);
      queued.runner = await ExperimentRunner.open({
        host,
        library,
        id,
        definition,
        signal: abort.signal,
        onChange: changed,
      });
      await say(id);
      await queued.runner.run();
    } catch (cause) {
      const isPause = abort.signal.aborted || cause instanceof NotWrittenError;
      end = { phase: isPause ? 'paused' : 'failed', notice: cause instanceof Error ? cause.message : String(cause) };
    }
    await library.setState(id, end.phase, end.notice).catch(() => ends.set(id, end));
    await leave(queued);
  };
  /** Takes an experiment out of the queue, and lets the next one run. */
  const leave = async (queued: Queued): Promise<void> => {
    queue.splice(queue.indexOf(queued), 1);
    queued.claim.release();
    runNext();
    await say(queued.id).catch(() => undefined);
  };
  const runNext = () => {
    const next = queue[0];
    if (next !== undefined) next.ended ??= run(next);
  };
  const begin = async (id: string): Promise<void> => {
    if (queue.some((each) => each.id === id)) return;
    const claim = await library.own(id);
    try {
      const { definition } = await library.get(id);
      ends.delete(id);
      queue.push({
        id,
        definition: parseExperiment(definition),
        claim,
        abort: new AbortController(),
        ended: null,
        runner: null,
      });
    } catch (cause) {
      claim.release();
      throw cause;
    }
    runNext();
    await say(id);
  };
  const pause = async (id: string): Promise<void> => {
    const queued = queue.find((each) => each.id === id);
    if (queued === undefined) return;
    queued.abort.abort();
    await (queued.ended ?? leave(queued));
  };
  const remove = (id: string): Promise<void> =>
    turns.take(async () => {
      await pause(id);
      await library.remove(id);
      ends.delete(id);
    });

  const calls: Service<ExperimentCalls> = {
    'experiment/list': async () => (await library.list()).map(entryOf),
    'experiment/create': async ({ definition }) => entry((await library.create(parseExperiment(definition))).id),
    'experiment/run': async ({ id }) => {
      await turns.take(() => begin(id));
      return null;
    },
    'experiment/pause': async ({ id }) => {
      await turns.take(() => pause(id));
      return null;
    },
    'experiment/remove': async ({ id }) => {
      await remove(id);
      return null;
    },
    'experiment/results': ({ id }) => library.results(id),
    'experiment/export': async ({ id }) => resultsFile(await library.results(id)),
    'experiment/export-tables': async ({ id }) => {
      const { tablesFile } = await import('./tables.ts');
      return tablesFile(await library.results(id));
    },
    'experiment/import': async ({ file, name }) => {
      const { definition, cells } = await openExperimentFile(file, name);
      return entry((await library.create(definition, cells, name)).id);
    },
    'experiment/estimate': ({ definition }, { signal, progress }) =>
      estimates.take(() => {
        signal.throwIfAborted();
        return estimateExperiment(host, parseExperiment(definition), { signal, onProgress: progress });
      }),
  };
  return { calls, stored: { list: () => library.list(), remove } };
}

/** @param cells as they are stored */
function queuedState({ id, ended, runner }: Queued, cells: ExperimentState['cells']): ExperimentState {
  return {
    id,
    phase: ended === null ? 'waiting' : 'running',
    isElsewhere: false,
    isBegun: true,
    cells: runner?.cells ?? cells,
    underWay: runner?.underWay ?? null,
    secondsLeft: runner?.secondsLeft ?? null,
    notice: null,
  };
}

/** Of an experiment that this tab does not run. */
function restingState({ stored, cells, isClaimed, problem }: ExperimentRecord, end: End | null): ExperimentState {
  const isFinished = cells.done >= cells.total;
  const state = end?.phase ?? stored.state;
  const phase = (): ExperimentPhase => {
    if (problem !== null) return 'failed';
    if (isFinished) return 'finished';
    if (isClaimed) return 'running';
    return state === 'failed' ? 'failed' : 'paused';
  };
  const notice = () => {
    if (problem !== null) return problem;
    if (isFinished || isClaimed) return null;
    return state === 'running' ? WAS_CLOSED : (end ?? stored).notice;
  };
  return {
    id: stored.id,
    phase: phase(),
    isElsewhere: isClaimed,
    isBegun: stored.state !== 'new',
    cells,
    underWay: null,
    secondsLeft: null,
    notice: notice(),
  };
}
