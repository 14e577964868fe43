// What the page and the worker say to each other. A service declares its calls as types; both ends are built from them.
//
//   page    -> worker   { id, call, input }   { cancel: id }
//   worker  -> page     { id, output } | { id, refusal } | { id, progress }   { news, body }
//
// A call is answered once. Both ends are built from these files, so messages are trusted; what a person, a link or a file
// supplies is checked by the service before it is used.

import type { CompareCalls } from './compare/calls.ts';
import type { CostCalls } from './cost/calls.ts';
import type { EngineCalls, EngineNews } from './engine/calls.ts';
import type { EvaluateCalls } from './evaluate/calls.ts';
import type { ExperimentCalls, ExperimentNews } from './experiments/calls.ts';
import type { PolicyCalls } from './policies/calls.ts';
import type { PretrainCalls } from './pretrain/calls.ts';
import type { PolicyFilesCalls, RealCalls, RealNews } from './real/calls.ts';
import type { ModelExperimentCalls, ModelExperimentNews } from './real/experiments/calls.ts';
import type { StepCalls } from './step/calls.ts';
import type { StorageCalls } from './storage/calls.ts';
import type { TrainCalls, TrainNews } from './train/calls.ts';

/** Every call of every service, by 'service/name'. */
export interface Calls
  extends CompareCalls,
    CostCalls,
    EngineCalls,
    EvaluateCalls,
    ExperimentCalls,
    ModelExperimentCalls,
    PolicyCalls,
    PolicyFilesCalls,
    PretrainCalls,
    RealCalls,
    StepCalls,
    StorageCalls,
    TrainCalls {}
/** What the worker tells unasked, by name. */
export interface News extends EngineNews, ExperimentNews, ModelExperimentNews, RealNews, TrainNews {}

export type CallName = keyof Calls;
export type NewsName = keyof News;
export type Input<N extends CallName> = Calls[N]['input'];
export type Output<N extends CallName> = Calls[N]['output'];
export type Progress<N extends CallName> = Calls[N]['progress'];

export type Tell = <N extends NewsName>(news: N, body: News[N]) => void;

export type ToWorker =
  | { readonly id: number; readonly call: CallName; readonly input: unknown }
  | { readonly cancel: number };

export type FromWorker =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly refusal: string; readonly isAbort: boolean }
  | { readonly id: number; readonly progress: unknown }
  | { readonly news: NewsName; readonly body: unknown };
