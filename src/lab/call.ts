// What a service's calls are made of. A service declares its own in its calls.ts; protocol.ts puts them together.

/** One entry of a service's calls. */
export interface Call<Input, Output, Progress = never> {
  readonly input: Input;
  readonly output: Output;
  readonly progress: Progress;
}

/** What a service may do while it answers. */
export interface CallContext<P> {
  /** Aborted when the page cancels the call. */
  readonly signal: AbortSignal;
  readonly progress: (progress: P) => void;
}

/** The worker's side of a set of calls. A rejection's message is shown to the reader: one readable sentence. */
export type Service<C> = {
  readonly [N in keyof C]: C[N] extends Call<infer I, infer O, infer P>
    ? (input: I, context: CallContext<P>) => Promise<O>
    : never;
};
