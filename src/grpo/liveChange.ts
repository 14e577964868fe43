// What may be changed while a run goes on: the temperatures, the threshold, the length of the queue and the learning
// rate. A change is applied to the config, which is then checked as a whole; the record keeps it as an annotation.

import * as v from 'valibot';
import { describeIssue } from '../policy/strictJson.ts';
import type { ThresholdRule } from '../temperature/schema.ts';
import { parseRunConfig, type RunConfig, RunConfigError } from './runConfig.ts';
import { type LiveChange, STAGES } from './stages.ts';

const finite = v.exactOptional(v.pipe(v.number(), v.finite()));

const changeFields = {
  high: finite,
  low: finite,
  tau: finite,
  threshold: finite,
  queueCapacity: finite,
  learningRate: finite,
};
const changeSchema = v.strictObject(changeFields);

/** An annotation as a save holds it. */
export const annotationSchema = v.strictObject({
  ...changeFields,
  step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  stage: v.picklist(STAGES),
});

function changedTemperature(
  rule: RunConfig['sampler']['temperature'],
  { high, low, tau }: LiveChange,
): RunConfig['sampler']['temperature'] {
  const refuse = (names: string, others: string) =>
    new RunConfigError(`The ${rule.rule} rule has ${names} to change, not ${others}.`);
  switch (rule.rule) {
    case 'binary':
    case 'rank':
      if (tau !== undefined) throw refuse('high and low', 'tau');
      return { ...rule, high: high ?? rule.high, low: low ?? rule.low };
    case 'fixed':
    case 'edt':
      if (high !== undefined || low !== undefined) throw refuse('tau', 'high and low');
      return rule.rule === 'fixed' ? { ...rule, tau: tau ?? rule.tau } : { ...rule, base: tau ?? rule.base };
  }
}

function changedThreshold(rule: ThresholdRule, value: number | undefined): ThresholdRule {
  if (value === undefined) return rule;
  switch (rule.rule) {
    case 'quantile':
    case 'floored':
      return { ...rule, coldFraction: value };
    case 'top-p':
      return { ...rule, hotFraction: value };
    case 'absolute':
      return { ...rule, nats: value };
  }
}

/**
 * The config with a change applied; a temperature that is changed by hand loses its schedule.
 * @throws RunConfigError for a change that the config does not take
 */
export function changedConfig(config: RunConfig, input: LiveChange): RunConfig {
  const result = v.safeParse(changeSchema, input);
  if (!result.success) throw new RunConfigError(`The change: ${describeIssue(result.issues, 'it')}.`);
  const change = result.output;
  if (Object.keys(change).length === 0) throw new RunConfigError('The change is empty: it names nothing to change.');
  const { sampler, schedules, optimizer } = config;
  return parseRunConfig({
    ...config,
    sampler: {
      ...sampler,
      temperature: changedTemperature(sampler.temperature, change),
      threshold: changedThreshold(sampler.threshold, change.threshold),
      queue: { ...sampler.queue, capacity: change.queueCapacity ?? sampler.queue.capacity },
    },
    schedules: {
      high: change.high === undefined ? schedules.high : null,
      low: change.low === undefined ? schedules.low : null,
      tau: change.tau === undefined ? schedules.tau : null,
    },
    optimizer: { ...optimizer, learningRate: change.learningRate ?? optimizer.learningRate },
  });
}
