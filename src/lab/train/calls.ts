import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import type { RunConfig } from '../../grpo/runConfig.ts';
import type { CollapseWarning } from '../../grpo/sentinel.ts';
import type { Annotation, LiveChange, MetricsRow, Stage } from '../../grpo/stages.ts';
import type { Call } from '../call.ts';
import type { PolicyRef } from '../engine/policyRef.ts';
import type { Committed } from '../storage/runWriter.ts';
import type { StoredCheckpoint, StoredRun } from '../storage/stored.ts';

/** 'recovering': the GPU was lost, and the run is put on a new one from its last save. */
export type TrainPhase = 'paused' | 'running' | 'recovering' | 'failed';

/** How long to play: until paused, to the end of the step, or for one stage. */
export type PlayUntil = 'pause' | 'step' | 'stage';

/** All that is small of the run that is trained, as it stands. */
export interface RunState {
  readonly run: StoredRun;
  readonly phase: TrainPhase;
  /** Why it failed or stopped, or that it was put on another machine; one sentence. */
  readonly notice: string | null;
  /** With live changes applied. */
  readonly config: RunConfig;
  /** Steps finished. */
  readonly step: number;
  /** Stage that comes next, or is under way. */
  readonly next: Stage;
  /** Share of that stage that is done, in [0, 1]; null: it is not under way. */
  readonly done: number | null;
  /** How long each stage took when it was last done, milliseconds. */
  readonly stageMs: Readonly<Partial<Record<Stage, number>>>;
  /** What the last save cost, milliseconds. */
  readonly saveMs: number | null;
  readonly annotations: readonly Annotation[];
  /** What is changed before the next stage; `config` has it already. */
  readonly waiting: LiveChange | null;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly warnings: readonly CollapseWarning[];
  /** Whether the last finished stage is stored. */
  readonly saved: Committed;
}

/** The state, and rows from number `from` on; those of a long run come in several messages. */
export interface RunNews {
  readonly state: RunState;
  readonly from: number;
  readonly rows: readonly MetricsRow[];
}

export interface TrainCalls {
  /**
   * Makes a run that starts from a policy, in place of the one that was open. It is stored and paused. Progress: what is
   * being done, in a few words.
   */
  'train/start': Call<
    {
      readonly config: RunConfig;
      readonly policy: PolicyRef;
      /** null: named by what its config sets. */
      readonly name: string | null;
    },
    RunNews,
    string
  >;
  /** Opens a stored run where it was last saved. */
  'train/open': Call<{ readonly run: string }, RunNews, string>;
  /** Saves and lets go of the run that is open, so that another tab may have it. */
  'train/close': Call<null, null>;
  /** The run that is open, its rows from the first on; null when there is none. */
  'train/state': Call<null, RunNews | null>;
  /** Answered as soon as it has begun; the news tell the rest. */
  'train/play': Call<{ readonly until: PlayUntil }, null>;
  /** Answered when it stands still: after the stage under way, or, if `now`, with that stage given up. */
  'train/pause': Call<{ readonly now: boolean }, null>;
  /** Applied before the next stage, as one annotation with what else was changed by then. Refused where the config does not take it. */
  'train/change': Call<LiveChange, null>;
  /** Keeps a checkpoint of the last finished step for good. */
  'train/keep': Call<{ readonly label: string }, null>;
  'train/remove-checkpoint': Call<{ readonly step: number }, null>;
  /** Takes the run back to a checkpoint, for good. */
  'train/rewind': Call<{ readonly step: number }, RunNews, string>;
  /** Copies the run up to a checkpoint into a new one, which is opened. Progress: what is being done. */
  'train/fork': Call<{ readonly step: number; readonly name: string | null }, RunNews, string>;
  /** Rollouts of a finished step, or of the step under way; null when they were dropped. */
  'train/rollouts': Call<{ readonly step: number }, readonly RolloutRecord[] | null>;
  /** Most bytes of rollouts that are kept. */
  'train/rollout-budget': Call<{ readonly bytes: number }, null>;
}

export interface TrainNews {
  /** At most four times a second, but for the rows of a long run that was opened. */
  'train/news': RunNews;
}
