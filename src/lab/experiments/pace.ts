// How far a cell is and how long the rest takes, from how long its steps and evaluations took so far.

import { type Cell, type Experiment, evaluatedSteps } from '../../experiments/definition.ts';
import type { CellProgress } from '../../experiments/runCell.ts';

/** Training a rollout costs about as much as drawing three: what a share is told by until both were measured. */
const STEP_PER_ROLLOUT = 3;

interface Measured {
  ms: number;
  /** Steps, or evaluations; parts count. */
  count: number;
}

/** What steps and evaluations of policies of one size take. */
export class Pace {
  readonly #training: Measured = { ms: 0, count: 0 };
  readonly #evaluating: Measured = { ms: 0, count: 0 };

  took(what: CellProgress['doing'], ms: number, count: number): void {
    const measured = what === 'training' ? this.#training : this.#evaluating;
    measured.ms += ms;
    measured.count += count;
  }

  /** Milliseconds of one; null: none was measured. */
  of(what: CellProgress['doing']): number | null {
    const { ms, count } = what === 'training' ? this.#training : this.#evaluating;
    return count === 0 ? null : ms / count;
  }
}

/** Milliseconds of a whole cell; null before a step and an evaluation were measured. */
export function cellMs(experiment: Experiment, pace: Pace): number | null {
  const step = experiment.steps === 0 ? 0 : pace.of('training');
  const evaluation = pace.of('evaluating');
  if (step === null || evaluation === null) return null;
  return (
    experiment.steps * step + evaluatedSteps(experiment).length * experiment.evaluation.samplers.length * evaluation
  );
}

/** One cell as its progress is told. */
export class CellClock {
  readonly #pace: Pace;
  readonly #steps: number;
  /** The steps that it is evaluated after. */
  readonly #stops: readonly number[];
  readonly #samplers: number;
  /** What a step costs in evaluations, before both were measured. */
  readonly #guess: number;
  #last: { readonly atMs: number; readonly step: number; readonly doing: CellProgress['doing']; done: number } | null =
    null;
  /** Evaluations of the step at hand that were ended. */
  #ended = 0;
  #share = 0;

  constructor(experiment: Experiment, cell: Cell, pace: Pace) {
    this.#pace = pace;
    this.#steps = experiment.steps;
    this.#stops = evaluatedSteps(experiment);
    this.#samplers = experiment.evaluation.samplers.length;
    const { prompts, n } = experiment.evaluation;
    this.#guess = (STEP_PER_ROLLOUT * cell.config.prompts * cell.config.group) / (prompts * (n + 1));
  }

  /** In [0, 1]; it never goes back. */
  get share(): number {
    return this.#share;
  }

  /** The cell begins, or goes on after something that is not its own work. */
  start(): void {
    this.#last = null;
  }

  saw({ step, doing, done }: CellProgress, atMs: number): void {
    const last = this.#last;
    const isSame = last !== null && last.doing === doing;
    if (isSame && doing === 'training') this.#pace.took('training', atMs - last.atMs, step - last.step);
    if (isSame && doing === 'evaluating') {
      const isNext = step === last.step && done < last.done;
      if (isNext) this.#ended++;
      this.#pace.took('evaluating', atMs - last.atMs, isNext ? done : Math.max(0, done - last.done));
    }
    if (doing === 'training' || (last !== null && last.step !== step)) this.#ended = 0;
    this.#last = { atMs, step, doing, done };
    this.#share = Math.max(this.#share, this.#shareAt(step, doing, done));
  }

  #shareAt(step: number, doing: CellProgress['doing'], done: number): number {
    const all = this.#stops.length * this.#samplers;
    const passed = this.#stops.filter((stop) => stop < step).length * this.#samplers;
    const evaluations = doing === 'evaluating' ? passed + this.#ended + done : passed;
    const [training, evaluating] = [this.#pace.of('training'), this.#pace.of('evaluating')];
    const cost = training === null || evaluating === null || evaluating === 0 ? this.#guess : training / evaluating;
    return Math.min(1, (evaluations + cost * step) / (all + cost * this.#steps));
  }
}
