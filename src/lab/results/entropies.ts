// The entropies that evaluations counted, over all seeds of a point.

import type { CellEvaluation } from '../../experiments/cellResult.ts';
import type { Results } from '../../experiments/results.ts';
import { pointResults } from '../../experiments/summary.ts';
import type { EntropyHistogram } from '../../grpo/evaluationTally.ts';

const ROLES = ['fork', 'knowledge', 'format', 'unknown'] as const;

/** The evaluations that there are histograms of. */
export function histogramPlaces({ cells }: Results): { readonly names: string[]; readonly steps: number[] } {
  const all = cells.flatMap(({ evaluations }) => evaluations);
  return {
    names: [...new Set(all.map(({ name }) => name))],
    steps: [...new Set(all.map(({ step }) => step))].sort((a, b) => a - b),
  };
}

/** One histogram a point: tokens of all its seeds, after `step` steps, in the evaluation of this name. */
export function pointHistograms(
  results: Results,
  name: string,
  step: number,
): { readonly point: string; readonly seeds: number; readonly histogram: EntropyHistogram }[] {
  const points = pointResults(results).map((point) => ({
    point: point.name,
    histograms: point.cells.flatMap(({ evaluations }) =>
      evaluations.flatMap((evaluation) =>
        evaluation.name === name && evaluation.step === step ? [evaluation.histogram] : [],
      ),
    ),
  }));
  // Bins at the end that are empty are left out of what is kept; side by side, all have the same axis.
  const lengths = points.flatMap(({ histograms }) =>
    histograms.flatMap((one) => ROLES.map((role) => one[role].length)),
  );
  const bins = Math.max(1, ...lengths);
  return points.flatMap(({ point, histograms }) =>
    histograms.length === 0 ? [] : [{ point, seeds: histograms.length, histogram: summed(histograms, bins) }],
  );
}

function summed(histograms: readonly CellEvaluation['histogram'][], bins: number): EntropyHistogram {
  const sum = (role: (typeof ROLES)[number]) =>
    Array.from({ length: bins }, (_, bin) =>
      histograms.reduce((all, histogram) => all + (histogram[role][bin] ?? 0), 0),
    );
  return {
    binNats: histograms[0]!.binNats,
    fork: sum('fork'),
    knowledge: sum('knowledge'),
    format: sum('format'),
    unknown: sum('unknown'),
  };
}
