// Measures the method on the reader's own machine, against the same work without it.
//
//   draw once with the sampler -> those tokens are forced on both arms -> warm-up -> A B, B A, A B ... timed
//
// Forced tokens make both arms decode the same steps; each arm has an engine of its own, so that neither builds anything
// while it is timed. A time is that of the whole rollout, prompts and reading back included, in both arms alike.

import { Turns } from '../../policy/turns.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import type { Service } from '../call.ts';
import type { EngineHost } from '../engine/host.ts';
import type { LoadPolicy } from '../engine/policyRef.ts';
import type { CostCalls } from './calls.ts';
import { methodCost, type TimedPair } from './statistics.ts';

/** Untimed rollouts of each arm: tiles are measured, pipelines compiled, blocks grow to their length. */
const WARM_UPS = 3;

export function costService(host: Pick<EngineHost, 'engine' | 'whileThere'>, load: LoadPolicy): Service<CostCalls> {
  const turns = new Turns();
  /** Two at once would time each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => turns.take(() => host.whileThere(work()));
  return {
    'cost/measure': ({ policy, task: name, difficulty, group, prompts, seed, repeats, ...order }, context) =>
      inTurn(async () => {
        const { signal, progress } = context;
        signal.throwIfAborted();
        const { config, parameters, tokenizer } = await load(policy);
        if (tokenizer === null)
          throw new Error('This policy has no tokenizer that runs here, so nothing can be rolled out.');
        const task = taskByName(name);
        const source = taskSource(task, difficulty);
        const sampler = parseSamplerConfig(order.sampler);
        const fixed = parseSamplerConfig({ ...sampler, temperature: { rule: 'fixed', tau: 1 }, ladder: {} });
        const arms = {
          current: { engine: await host.engine('cost', config), sampler },
          fixed: { engine: await host.engine('cost of a fixed temperature', config), sampler: fixed },
        };
        for (const { engine } of Object.values(arms)) await engine.loadParameters(parameters);

        const encoded = Array.from({ length: prompts }, (_, i) =>
          tokenizer.encode(source.problem('training', seed, i).prompt),
        );
        const request = {
          prompts: encoded.flatMap((ids) => new Array<Int32Array>(group).fill(ids)),
          group: Int32Array.from({ length: prompts * group }, (_, row) => Math.floor(row / group)),
          stopTokens: [...tokenizer.encode(task.stop).slice(-1)],
          seed,
          signal,
        };
        const drawn = await arms.current.engine.generate({ ...request, sampler, maxNewTokens: order.maxNewTokens });
        const forced = drawn.map(({ ids }) => ids);
        const steps = Math.max(...forced.map(({ length }) => length));
        const tokens = forced.reduce((sum, { length }) => sum + length, 0);

        const all = 2 * (WARM_UPS + repeats);
        let done = 0;
        const time = async (arm: keyof typeof arms): Promise<number> => {
          const { engine, sampler: own } = arms[arm];
          const began = performance.now();
          await engine.generate({ ...request, sampler: own, maxNewTokens: steps, forced });
          const took = performance.now() - began;
          progress(++done / all);
          // The CPU engine holds its thread from one promise to the next: here a cancellation is heard.
          await new Promise((resolve) => setTimeout(resolve));
          signal.throwIfAborted();
          return took;
        };
        for (let i = 0; i < WARM_UPS; i++) for (const arm of ['current', 'fixed'] as const) await time(arm);
        const pairs: TimedPair[] = [];
        for (let i = 0; i < repeats; i++) {
          // In turns, so that neither arm always comes after the other.
          if (i % 2 === 0) {
            const current = await time('current');
            pairs.push({ current, fixed: await time('fixed') });
          } else {
            const without = await time('fixed');
            pairs.push({ current: await time('current'), fixed: without });
          }
        }
        const { adapter } = arms.current.engine;
        return { ...methodCost(pairs, steps, tokens), steps, rows: forced.length, tokens, adapter };
      }),
  };
}
