import type { Call } from '../call.ts';
import type { PolicyRef } from '../engine/policyRef.ts';
import type { StoredCheckpoint, StoredPolicy } from '../storage/stored.ts';

/** A stored run with the checkpoints that stay. */
export interface RunChoice {
  readonly run: string;
  readonly name: string;
  readonly task: string;
  /** Oldest first. */
  readonly checkpoints: readonly StoredCheckpoint[];
}

/** Policies beside those that come with the page. */
export interface PolicyChoices {
  /** Newest first. */
  readonly own: readonly StoredPolicy[];
  /** Last used first. */
  readonly runs: readonly RunChoice[];
}

/** A file that was picked or dropped, by its path inside the folder. */
export interface PickedFile {
  readonly path: string;
  readonly file: Blob;
}

export type Opened =
  | { readonly kind: 'policy'; readonly policy: StoredPolicy }
  | { readonly kind: 'run'; readonly run: string };

/** A policy as a model folder for other programs, and what loading it showed. */
export interface ExportedModel {
  readonly name: string;
  /** A zip file. */
  readonly file: Blob;
  /** Between the logits that transformers.js got from the file and the policy's own; accepted, or there is no file. */
  readonly largestDifference: number;
  /** Places of tokens at which all logits were compared. */
  readonly positions: number;
}

export interface PolicyCalls {
  'policies/list': Call<null, PolicyChoices>;
  /**
   * Opens what was picked or dropped: a run in a zip file, or a checkpoint in a zip file or as its files. It is checked,
   * and stored here. Progress is the share that is done.
   */
  'policies/open': Call<
    {
      readonly files: readonly PickedFile[];
      /** What a checkpoint is for, where it does not say so itself. */
      readonly task: string;
    },
    Opened,
    number
  >;
  /** An own policy as a zip file of its checkpoint. */
  'policies/export': Call<{ readonly policy: string }, { readonly name: string; readonly file: Blob }>;
  /**
   * A policy as a zip file of a Hugging Face folder with an ONNX graph, for transformers and transformers.js, which has
   * loaded it here. Progress is the share that is done.
   */
  'policies/export-model': Call<{ readonly policy: PolicyRef }, ExportedModel, number>;
}
