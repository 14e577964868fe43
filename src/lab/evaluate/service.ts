// Evaluations on an engine of their own, one after the other: the Step room and the Train room are not disturbed.

import { evaluatePolicy } from '../../grpo/evaluation.ts';
import { Turns } from '../../policy/turns.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import type { Service } from '../call.ts';
import type { EngineHost } from '../engine/host.ts';
import type { LoadPolicy } from '../engine/policyRef.ts';
import type { EvaluateCalls } from './calls.ts';

export function evaluateService(
  host: Pick<EngineHost, 'engine' | 'whileThere'>,
  load: LoadPolicy,
): Service<EvaluateCalls> {
  const turns = new Turns();
  const run: Service<EvaluateCalls>['evaluate/run'] = async (order, { signal, progress }) => {
    signal.throwIfAborted();
    const sampler = parseSamplerConfig(order.sampler, 'evaluation');
    const source = taskSource(taskByName(order.task), order.difficulty);
    const { config, parameters, tokenizer } = await load(order.policy);
    if (tokenizer === null) throw new Error('This policy has no tokenizer that runs here, so it cannot be evaluated.');
    const engine = await host.engine('evaluate', config);
    await engine.loadParameters(parameters);
    const { maxNewTokens, n, k, prompts, seed } = order;
    const request = { engine, tokenizer, source, sampler, maxNewTokens, n, k, prompts, seed, signal };
    return evaluatePolicy({ ...request, onProgress: progress });
  };
  return { 'evaluate/run': (order, context) => turns.take(() => host.whileThere(run(order, context))) };
}
