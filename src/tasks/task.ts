// What a verifiable task is: prompts, legal completions, an exact verifier, and the true role of every token.
//
// One character is one token. A completion ends with the stop character; the verifier reads any string whatever and
// always answers with a reward and a named outcome. All randomness is a pure function of a seed.

/** What is being asked, as the paper's domains are named. */
export type Domain = 'arithmetic' | 'navigation' | 'logic' | 'geometry' | 'algebra' | 'calculus';

/** fork: several continuations are right, the token decides; knowledge: only one is; format: fixed by the notation. */
export type Role = 'fork' | 'knowledge' | 'format';

/** Why a completion got its reward. */
export type Outcome =
  | 'ok'
  /** Every step is right, but it does not end where the prompt asks. */
  | 'wrong answer'
  /** A step states something false. */
  | 'wrong arithmetic'
  /** A step is well formed and true, but not allowed by the prompt. */
  | 'illegal'
  /** Cut off before the stop character. */
  | 'unfinished'
  /** Not the task's notation. */
  | 'format';

export interface Verdict {
  /** 1 for 'ok', else 0. */
  readonly reward: number;
  readonly outcome: Outcome;
}

export interface Example {
  /** Begins a sequence; ends with the character that asks for an answer. */
  readonly prompt: string;
  /** A completion that solves it, the stop character included. */
  readonly completion: string;
}

/** A completion and, for each of its characters, its role; legal step by step, though it may miss the goal. */
export interface Trace {
  readonly completion: string;
  readonly roles: readonly Role[];
  /** True: the verifier says 'ok'. */
  readonly solves: boolean;
}

/** How a base policy for the task is made: supervised learning on random legal traces; tuned by measuring the result. */
export interface BaseRecipe {
  readonly difficulty: string;
  /** Share of traces that are made to solve their prompt; of the others some do by chance. */
  readonly solvingShare: number;
  readonly steps: number;
  /** Traces a step. */
  readonly batch: number;
  /** Standard deviation of the first weights. */
  readonly initialDeviation: number;
  /** The largest, after warm-up. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** How the learning rate falls to 0 after warm-up. */
  readonly decay: 'linear' | 'cosine';
  /** AdamW's memory of squared gradients, its decoupled weight decay, and the largest norm of a gradient. */
  readonly beta2: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** What the model card should say of this base: why it misses a bound that bases are made to meet, for instance. */
  readonly remark?: string;
  readonly policy: {
    readonly layers: number;
    readonly width: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly mlpWidth: number;
  };
}

export interface Task<Problem = unknown> {
  /** Folder and command-line name: lower case, hyphens. */
  readonly name: string;
  readonly title: string;
  readonly domain: Domain;
  /** One sentence: what is asked, what forks and what is knowledge. */
  readonly summary: string;
  /** Where it comes from; 'ours' when it is. */
  readonly citation: string;
  /** Every character of prompts and completions, the stop character last. */
  readonly alphabet: string;
  readonly stop: string;
  /** Named difficulties, easiest first, each with a sentence; the first is the default. */
  readonly difficulties: Readonly<Record<string, string>>;
  readonly worked: Example;
  readonly recipe: BaseRecipe;
  /** Longest completion of any difficulty, in characters. */
  readonly maxCompletion: number;

  /** A solvable problem; the same number gives the same problem. */
  readonly generate: (difficulty: string, random: RandomSource) => Problem;
  readonly promptOf: (problem: Problem) => string;
  /** The problem that a prompt states, or null when it states none. */
  readonly parse: (prompt: string) => Problem | null;
  /** Total: any completion gets a verdict. */
  readonly verify: (problem: Problem, completion: string) => Verdict;
  /** A random legal trace; with `solve`, one that solves the problem. */
  readonly trace: (problem: Problem, solve: boolean, random: RandomSource) => Trace;
  /**
   * Roles of the characters of any completion, as far as it is legal; the first character that is not and all after it
   * are null.
   */
  readonly roles: (problem: Problem, completion: string) => readonly (Role | null)[];
}

/** Uniform draws that depend on a seed and nothing else. */
export interface RandomSource {
  /** A whole number in [0, below). */
  readonly below: (below: number) => number;
}
