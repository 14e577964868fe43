// Metrics of many runs as one file in long format, which data frames and plotting libraries take as it is.
//
//   run,name,hash,seed,step,tokens,minutes,metric,value      one line a value; what is not defined has no line

import { csvField } from '../../experiments/csv.ts';
import type { RunIdentity } from '../../grpo/runIdentity.ts';
import type { RunCurves } from './curves.ts';

export interface LongRun {
  readonly run: { readonly id: string; readonly name: string; readonly hash: string; readonly identity: RunIdentity };
  readonly curves: RunCurves;
}

interface Value {
  readonly step: number;
  readonly tokens: number;
  readonly minutes: number;
  readonly metric: string;
  readonly value: number;
}

const COLUMNS = ['run', 'name', 'hash', 'seed', 'step', 'tokens', 'minutes', 'metric', 'value'];

function* valuesOf({ curves: { track, column } }: LongRun, metrics: readonly string[]): Generator<Value> {
  const columns = metrics.map((metric) => ({ metric, values: column(metric) }));
  for (const [i, step] of track.step.entries())
    for (const { metric, values } of columns) {
      const value = values[i]!;
      if (!Number.isNaN(value)) yield { step, tokens: track.tokens[i]!, minutes: track.time[i]!, metric, value };
    }
}

/** @param metrics null: all that a run has */
export function longCsv(runs: readonly LongRun[], metrics: readonly string[] | null): string {
  const lines = [COLUMNS.join(',')];
  for (const long of runs) {
    const { id, name, hash, identity } = long.run;
    const head = [id, csvField(name), hash, identity.config.seed].join(',');
    for (const { step, tokens, minutes, metric, value } of valuesOf(long, metrics ?? long.curves.names))
      lines.push([head, step, tokens, minutes, csvField(metric), value].join(','));
  }
  return lines.map((line) => `${line}\r\n`).join('');
}

/** The same as JSON, one object a line; before the values of a run its whole identity and its live changes: { run }. */
export function longJsonl(runs: readonly LongRun[], metrics: readonly string[] | null): string {
  const lines = runs.flatMap((long) => {
    const { id, name, hash, identity } = long.run;
    const head = { run: { id, name, hash, ...identity }, changes: long.curves.annotations };
    return [head, ...[...valuesOf(long, metrics ?? long.curves.names)].map((value) => ({ run: id, ...value }))];
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
