// The worker's side of the Train room: one run is open at a time, and what is asked of it is done in order.

import { type RunIdentity, runName, weightsHash } from '../../grpo/runIdentity.ts';
import { type Checkpoint, type LoadedCheckpoint, readCheckpoint, writeCheckpoint } from '../../policy/checkpoint.ts';
import { Turns } from '../../policy/turns.ts';
import type { Service } from '../call.ts';
import type { LoadPolicy } from '../engine/policyRef.ts';
import { NotWrittenError, StorageError } from '../storage/errors.ts';
import { forkRun } from '../storage/fork.ts';
import { emptyRun, type RunLibrary } from '../storage/runLibrary.ts';
import type { RunWriter, TrainerSave } from '../storage/runWriter.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { RunNews, TrainCalls } from './calls.ts';
import { machineOf, openTrainer, type TrainHost } from './machine.ts';
import { TrainSession } from './session.ts';
import { unstoredWriter, type Writer } from './unstored.ts';

const NEWS_MS = 250;
/** Rows in one message: a long run must not hold up the page while it is unpacked. */
const MOST_ROWS = 500;

export interface TrainServiceParts {
  readonly host: TrainHost;
  readonly library: RunLibrary;
  readonly load: LoadPolicy;
  readonly tell: (news: 'train/news', body: RunNews) => void;
}

/** The policy that is being trained, for the other rooms. */
export interface LivePolicy {
  readonly checkpoint: LoadedCheckpoint;
  /** Another text whenever the weights are others. */
  readonly version: string;
}

export interface Training {
  readonly calls: Service<TrainCalls>;
  /** The weights after the last finished step. @throws Error, one sentence, when no run is open */
  readonly live: () => Promise<LivePolicy>;
}

export function openTraining({ host, library, load, tell }: TrainServiceParts): Training {
  let session: TrainSession | null = null;
  /** Rows that the page was told of. */
  let told = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;

  /** The next rows that the page does not know; what is left follows soon. */
  const news = (): RunNews => {
    const { rows, state } = open();
    // After a rewind there are fewer than were told.
    const from = Math.min(told, rows.length);
    told = Math.min(from + MOST_ROWS, rows.length);
    if (told < rows.length) timer ??= setTimeout(say);
    return { state, from, rows: rows.slice(from, told) };
  };
  const say = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (session === null) return;
    toldAt = performance.now();
    tell('train/news', news());
  };
  // While the CPU engine holds the thread no timer fires, so the time is looked at here too.
  const changed = () => {
    const left = toldAt + NEWS_MS - performance.now();
    if (left <= 0) say();
    else timer ??= setTimeout(say, left);
  };
  const everything = (): RunNews => {
    told = 0;
    return news();
  };
  const open = (): TrainSession => {
    if (session === null) throw new StorageError('No run is open.');
    return session;
  };

  const turns = new Turns();
  /** Runs `work` after what was asked before, however that ended. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => turns.take(work);

  /** What a reader did shows at once, before it is answered. */
  const toldAtOnce = async (work: () => Promise<void>): Promise<null> => {
    await work();
    say();
    return null;
  };

  const close = async () => {
    const closing = session;
    session = null;
    await closing?.close();
  };

  /** Opens a run that is claimed; on failure another tab may have it. */
  const enter = async (run: StoredRun, writer: RunWriter, progress: (what: string) => void): Promise<RunNews> => {
    try {
      progress('Reading the run');
      const [save, rows, checkpoints, start] = await Promise.all([
        library.save(run.id),
        library.rows(run.id),
        library.checkpoints(run.id),
        library.checkpointFiles(run.id, 0),
      ]);
      const base = readCheckpoint(start, 'ignore').parameters;
      progress('Loading the policy');
      const trainer = await openTrainer(host, run.identity.config, readCheckpoint(save.files), base);
      // A full storage is no reason not to open a run; its next step will say that it is full.
      await writer.continueOn(machineOf(trainer.engine)).catch((cause: unknown) => {
        if (!(cause instanceof NotWrittenError)) throw cause;
      });
      session = new TrainSession({
        host,
        library,
        run,
        writer,
        open: trainer,
        base,
        save,
        rows,
        checkpoints,
        onChange: changed,
      });
      return everything();
    } catch (cause) {
      await writer.close();
      throw cause;
    }
  };

  const start: Service<TrainCalls>['train/start'] = ({ config, policy, name }, { progress }) =>
    inTurn(async () => {
      await close();
      progress('Loading the policy');
      const checkpoint: Checkpoint = { ...(await load(policy)), trainer: null };
      const base = checkpoint.parameters;
      const trainer = await openTrainer(host, config, checkpoint, null);
      const identity: RunIdentity = {
        config,
        weights: await weightsHash(checkpoint.config, base),
        source: config.difficulty,
        ...machineOf(trainer.engine),
      };
      progress('Storing the run');
      const files = writeCheckpoint(await trainer.trainer.save());
      const save: TrainerSave = { step: 0, next: 'collect', files };
      const input = { name: name ?? runName(config), identity };
      const { run, writer } = await stored(library, input, files);
      const checkpoints = await library.checkpoints(run.id).catch(() => []);
      session = new TrainSession({
        host,
        library,
        run,
        writer,
        open: trainer,
        base,
        save,
        rows: [],
        checkpoints,
        onChange: changed,
      });
      return everything();
    });

  const calls: Service<TrainCalls> = {
    'train/start': start,
    'train/open': ({ run: id }, { progress }) =>
      inTurn(async () => {
        if (session?.id === id) return everything();
        await close();
        const { run, writer } = await library.own(id);
        return await enter(run, writer, progress);
      }),
    'train/close': () => inTurn(() => close().then(() => null)),
    'train/state': async () => (session === null ? null : everything()),
    'train/play': async ({ until }) => {
      open().play(until);
      return null;
    },
    'train/pause': ({ now }) => toldAtOnce(() => open().pause(now)),
    'train/change': (change) => toldAtOnce(async () => open().change(change)),
    'train/keep': ({ label }) => toldAtOnce(() => open().keep(label)),
    'train/remove-checkpoint': ({ step }) => toldAtOnce(() => open().removeCheckpoint(step)),
    'train/rewind': ({ step }, { progress }) =>
      inTurn(async () => {
        progress('Going back');
        await open().pause(true);
        await open().rewind(step);
        return everything();
      }),
    'train/fork': ({ step, name }, { progress, signal }) =>
      inTurn(async () => {
        const parent = open();
        await parent.pause(true);
        const writer = await forkRun(library, parent.id, step, {
          name,
          signal,
          onProgress: (done) => progress(`Copying the run: ${Math.round(100 * done)} %`),
        });
        await close();
        return await enter(await library.get(writer.id), writer, progress);
      }),
    'train/rollouts': ({ step }) => open().rollouts(step),
    'train/rollout-budget': ({ bytes }) => toldAtOnce(() => open().setRolloutBudget(bytes)),
  };
  return { calls, live: async () => open().live };
}

/** The new run in the storage or, where there is no room or no storage, one that goes on without. */
async function stored(
  library: RunLibrary,
  input: Parameters<typeof emptyRun>[1],
  start: TrainerSave['files'],
): Promise<{ run: StoredRun; writer: Writer }> {
  try {
    const writer = await library.create({ ...input, start });
    return { run: await library.get(writer.id), writer };
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    const why = cause instanceof NotWrittenError ? `This run is not saved: ${cause.why}.` : cause.message;
    return { run: await emptyRun(crypto.randomUUID(), input), writer: unstoredWriter(why) };
  }
}
