// The version of the code: a part of a run's identity.

export { CODE_VERSION } from '../grpo/codeVersion.ts';
