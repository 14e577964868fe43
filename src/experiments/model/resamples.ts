// How often intervals of an experiment on a language model resample its questions.

/** The same cells give the same intervals. */
export const BOOTSTRAP_SEED = 0;

const MOST = 2000;
const LEAST = 400;
/** Questions that are drawn for one interval, all resamples together, where that leaves enough of them. */
const DRAWS = 400_000;

/**
 * Resamples for an interval over so many questions: findings are made anew while an experiment runs, so 2000 up to 200
 * questions, then fewer, and never fewer than 400. That moves the ends of an interval by a few hundredths of its width.
 */
export const resamplesFor = (questions: number): number =>
  Math.max(LEAST, Math.min(MOST, Math.floor(DRAWS / Math.max(1, questions))));
