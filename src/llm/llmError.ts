// Every way in which a language model can fail to load or to run, with one sentence that a person can act on.

export type LlmFailure =
  /** The folder or the files are not a model that can be opened here. */
  | 'files'
  | 'tokenizer'
  | 'architecture'
  /** The hub did not answer, or has no such model. */
  | 'hub'
  | 'memory'
  /** The GPU was lost, or is missing what the model needs. */
  | 'device'
  /** What was asked of a sound model cannot be done: too long a prompt, a token that does not exist ... */
  | 'request';

/** After any of these the next load works: nothing of the failed one is kept. What was thrown below is its `cause`. */
export class LlmError extends Error {
  override readonly name = 'LlmError';
  readonly failure: LlmFailure;

  constructor(failure: LlmFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** 16-bit models overflow on some inputs. */
export const notFinite = () =>
  new LlmError(
    'device',
    "The model's logits are not finite here: take back a token, or load another dtype of it (q4 or fp32).",
  );

export const wrongVocabulary = (given: number, expected: number) =>
  new LlmError('architecture', `The model gives ${given} logits a token, but its files speak of ${expected}.`);
