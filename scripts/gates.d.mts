export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
export interface Gate {
  readonly name: string;
  /** Node's arguments and variables for a run that leaves its JSON report at `report`. */
  readonly command: (report: string) => { readonly args: readonly string[]; readonly env: Record<string, string> };
  /** null: a static gate. */
  readonly count: ((report: never) => Counts) | null;
}
export const GATES: readonly Gate[];
export function staticGate(name: string, args: readonly string[]): Gate;
export function vitestGate(name: string, pattern?: string): Gate;
export function countVitest(report: object): Counts;
export function countPlaywright(report: object): Counts;
export function runGate(gate: Gate, extraEnv?: Record<string, string>): Promise<Counts>;
export function runGates(gates: readonly Gate[], extraEnv?: Record<string, string>): Promise<number>;
