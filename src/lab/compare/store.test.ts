import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { LabClient } from '../client.ts';
import { NO_RUN, type RunStatus } from '../runStatus.ts';
import { serve } from '../serve.ts';
import type { StoredRun } from '../storage/stored.ts';
import type { RunState } from '../train/calls.ts';
import { createTrainStore } from '../train/store.ts';
import { columnsOf, rowsOf, storedRun } from './compare.testing.ts';
import { createCompareStore } from './store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A worker that keeps these runs, each with as many rows as it has steps. */
function openLibrary(first: readonly StoredRun[]) {
  let runs = [...first];
  let failure: string | null = null;
  const asked: string[] = [];
  const answer = serve(
    {
      'compare/list': async () => {
        if (failure !== null) throw new Error(failure);
        return runs.map((run) => ({ run, activity: 'paused' as const, problem: null }));
      },
      'compare/curves': async ({ run }) => {
        asked.push(run);
        const found = runs.find(({ id }) => id === run);
        return found === undefined ? null : columnsOf(rowsOf(new Array<number>(found.step).fill(0.5)));
      },
    },
    (message) => client.receive(message),
  );
  const client: LabClient = new LabClient({ send: answer, close: () => {} });
  const train = createTrainStore(createStore<RunStatus>()(() => NO_RUN));
  const compare = createCompareStore(train);
  compare.attach(client);
  return {
    train,
    compare,
    asked,
    set: (next: readonly StoredRun[]) => {
      runs = [...next];
    },
    fail: (sentence: string | null) => {
      failure = sentence;
    },
  };
}

const run = (id: string, seed: number, step = 2, createdAt = seed) => storedRun(id, { seed }, { step, createdAt });
/** What the timer brings, and all that follows. */
const later = () => vi.advanceTimersByTimeAsync(3000);

describe('the store of runs', () => {
  it('lists runs, the newest first, and reads each once', async () => {
    const { compare, asked } = openLibrary([run('a', 0), run('b', 1)]);
    expect(compare.getState().runs).toBeNull();
    const stop = compare.watch();
    await later();
    await later();
    const { runs } = compare.getState();
    expect(runs!.map(({ run: { id }, isRead, curves }) => [id, isRead, [...curves.column('reward')]])).toEqual([
      ['b', true, [0.5, 0.5]],
      ['a', true, [0.5, 0.5]],
    ]);
    expect(asked.sort()).toEqual(['a', 'b']);
    stop();
  });

  it('keeps the style of a run while others come and go', async () => {
    const { compare, set } = openLibrary([run('a', 0), run('b', 1)]);
    compare.watch();
    await later();
    const styles = () => Object.fromEntries(compare.getState().runs!.map(({ run: { id }, index }) => [id, index]));
    expect(styles()).toEqual({ a: 0, b: 1 });
    set([run('b', 1), run('c', 2)]);
    await later();
    expect(styles()).toEqual({ b: 1, c: 0 });
    expect(compare.getState().said).toMatch(/^The run “.*” was deleted, here or in another tab\.$/);
  });

  it('lets go of a deleted run wherever it was chosen', async () => {
    const { compare, set } = openLibrary([run('a', 0), run('b', 1), run('c', 2)]);
    compare.watch();
    await later();
    for (const id of ['a', 'b', 'c']) compare.choose(id);
    expect(compare.getState().chosen).toEqual(['b', 'c']);
    compare.choose('b');
    expect(compare.getState().chosen).toEqual(['c']);
    compare.show(['c'], false);
    set([run('a', 0)]);
    await later();
    expect([compare.getState().chosen, [...compare.getState().hidden]]).toEqual([[], []]);
  });

  it('reads a run again when it was used', async () => {
    const { compare, set } = openLibrary([run('a', 0)]);
    compare.watch();
    await later();
    set([{ ...run('a', 0, 5), usedAt: 9 }]);
    await later();
    expect(compare.getState().runs![0]!.curves.track.step).toHaveLength(5);
  });

  it('says what is wrong with the storage, and finds its way back', async () => {
    const { compare, fail } = openLibrary([run('a', 0)]);
    fail('The storage of this browser cannot be opened.');
    compare.watch();
    await later();
    expect(compare.getState()).toMatchObject({ runs: null, failure: 'The storage of this browser cannot be opened.' });
    fail(null);
    await later();
    expect(compare.getState().failure).toBeNull();
    expect(compare.getState().runs).toHaveLength(1);
  });

  it('follows the run that is trained here, row by row', async () => {
    const { compare, train } = openLibrary([run('a', 0, 2)]);
    compare.watch();
    await later();
    const empty = { annotations: [], checkpoints: [], warnings: [] };
    const state = { run: run('a', 0, 2), step: 3, phase: 'running', notice: null, saved: { saved: true }, ...empty };
    train.setState({ run: state as unknown as RunState, rows: rowsOf([0.1, 0.2, 0.3]) });
    await later();
    train.setState({ run: { ...state, step: 4 } as unknown as RunState, rows: rowsOf([0.1, 0.2, 0.3, 0.4]) });
    const [shown] = compare.getState().runs!;
    expect([...shown!.curves.column('reward')]).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect([shown!.activity, shown!.run.step]).toEqual(['running', 4]);
  });

  it('hides what would be a thicket at first', async () => {
    const { compare } = openLibrary(Array.from({ length: 15 }, (_, i) => run(`run ${i}`, i)));
    compare.watch();
    await later();
    expect([...compare.getState().hidden].sort()).toEqual(['run 0', 'run 1', 'run 2']);
  });
});
