// A machine that is lost on the way. CPU engines stand in for those of a GPU: what they answer is the same every time.

import { expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import { GpuError } from '../../gpu/errors.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import type { Purpose } from '../engine/host.ts';
import { base, direct, ends, openTab, resultsOf, TINY, withoutRun } from './experiments.testing.ts';
import type { StartHost } from './starts.ts';

const SENTENCE = 'The GPU is gone.';
const METHODS = ['generate', 'score', 'accumulateGradient', 'applyGradient', 'readParameters'] as const;

/** 'silent': work on it never ends, and only the host hears of the loss. 'loud': work on it fails before the host knows. */
type Manner = 'silent' | 'loud';

interface Loss {
  readonly call: (typeof METHODS)[number];
  readonly manner: Manner;
}

/** As the worker's host keeps its engines. Each of `losses` in its turn loses them all as it is called. */
function losingHost(losses: Loss[]): StartHost & { readonly machines: () => number } {
  let machines = 1;
  let engines = new Map<Purpose, Promise<PolicyEngine>>();
  const working = new Set<(cause: Error) => void>();
  const lose = () => {
    machines++;
    engines = new Map();
    for (const reject of working) reject(new Error(SENTENCE));
  };
  const wrapped = (engine: PolicyEngine, machine: number): PolicyEngine => {
    let death: Promise<never> | null = null;
    const of = (name: Loss['call']) => {
      const own = engine[name] as (...given: readonly unknown[]) => Promise<unknown>;
      return (...given: readonly unknown[]): Promise<unknown> => {
        const [next] = losses;
        if (death === null && machine === machines && next?.call === name) {
          losses.shift();
          const isLoud = next.manner === 'loud';
          death = isLoud ? Promise.reject(new GpuError('lost', SENTENCE)) : new Promise<never>(() => {});
          death.catch(() => {});
          setTimeout(lose, isLoud ? 100 : 0);
        }
        return death ?? own.apply(engine, [...given]);
      };
    };
    return Object.assign(engine, Object.fromEntries(METHODS.map((name) => [name, of(name)])));
  };
  return {
    machines: () => machines,
    base,
    engine: (purpose, config) => {
      const machine = machines;
      const kept = engines.get(purpose) ?? createCpuEngine(config).then((engine) => wrapped(engine, machine));
      engines.set(purpose, kept);
      return kept;
    },
    release: (purpose) => void engines.delete(purpose),
    whileThere: (work) =>
      new Promise((resolve, reject) => {
        working.add(reject);
        work.then(resolve, reject).finally(() => working.delete(reject));
      }),
  };
}

const ONE = { ...TINY, arms: [TINY.arms[1]], seeds: [3] };

it('goes on from the last save of the cell on the next machine, with the results that it would have had', async () => {
  const losses: Loss[] = [
    { call: 'generate', manner: 'silent' },
    { call: 'applyGradient', manner: 'loud' },
    { call: 'score', manner: 'silent' },
    { call: 'readParameters', manner: 'loud' },
  ];
  const host = losingHost(losses);
  const tab = openTab(undefined, host);
  const id = (await tab.store.create(ONE))!;
  await tab.store.run(id);
  await ends(tab, id);
  expect([losses, host.machines()]).toEqual([[], 5]);
  expect(withoutRun(await resultsOf(tab, id))).toEqual(withoutRun(await direct(ONE)));
});
