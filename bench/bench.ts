// One run of the benchmark: what is asked for, where figures go, and which libraries can be asked.

import type { Contender } from './contender.ts';
import type { Patience } from './measure.ts';

export interface BenchOptions {
  /** Only figures whose name starts with this; null: all. */
  readonly only: string | null;
  /** Fewer rounds, no series. */
  readonly quick: boolean;
  /** Names of shapes to run. */
  readonly shapes: readonly string[];
  /** False: figures against peers are left out. */
  readonly peers: boolean;
}

/** One figure, as printed. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly shape: string;
  readonly adapter: string;
}

const PEER_MODULES = import.meta.glob<{ readonly contender: Contender }>('./peers/*.ts');

export class Bench {
  readonly options: BenchOptions;
  /** The GPU's name. */
  readonly adapter: string;
  /** Figures that could not be taken so far. */
  failures = 0;
  readonly #emit: (figure: Figure) => void;

  constructor(options: BenchOptions, adapter: string, emit: (figure: Figure) => void) {
    this.options = options;
    this.adapter = adapter;
    this.#emit = emit;
  }

  wants(name: string): boolean {
    return this.options.only === null || name.startsWith(this.options.only);
  }

  /** True when one of these figures is wanted. */
  wantsAny(names: readonly string[]): boolean {
    return names.some((name) => this.wants(name));
  }

  /**
   * Runs `work`, which reports `name`, if that is wanted. An error costs this figure only: it is told at once, and the
   * run ends with exit code 1.
   */
  async measure(name: string, shape: string, work: () => Promise<void>): Promise<void> {
    if (!this.wants(name)) return;
    this.log(`${name} ${shape}`);
    try {
      await work();
    } catch (cause) {
      this.failures++;
      console.error(cause instanceof Error ? cause.message : String(cause));
    }
  }

  report(name: string, value: number, unit: string, shape: string, adapter = this.adapter): void {
    if (this.wants(name)) this.#emit({ name, value: Number(value.toPrecision(4)), unit, shape, adapter });
  }

  /** For people watching; never a result. */
  log(message: string): void {
    console.info(message);
  }

  /** How long each figure may take. */
  get patience(): Patience {
    return this.options.quick ? { rounds: 2, budgetMs: 4_000 } : { rounds: 9, budgetMs: 15_000 };
  }

  /** The peer of this name. @throws when its library cannot be loaded. */
  async peer(name: string): Promise<Contender> {
    const load = PEER_MODULES[`./peers/${name}.ts`];
    if (load === undefined) throw new Error(`There is no peer named ${name}.`);
    return (await load()).contender;
  }
}

/** Thrown when a contender's results are wrong: then its speed means nothing. */
export class BenchCheckError extends Error {
  override readonly name = 'BenchCheckError';
}
