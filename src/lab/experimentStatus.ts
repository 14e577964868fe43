// How far an experiment on a language model is: what the frame shows of it in every room.

export interface ExperimentStatus {
  readonly name: string;
  readonly done: number;
  readonly cells: number;
  /** null: not known yet. */
  readonly secondsLeft: number | null;
}
