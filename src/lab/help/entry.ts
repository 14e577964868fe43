/** What a control says of itself. */
export interface HelpEntry {
  /** As the paper writes it: "T_high". */
  readonly label: string;
  readonly unit?: string;
  /** One sentence. */
  readonly help: string;
  /** Where it comes from: an arXiv number with its section, a name, or 'ours'. */
  readonly source: string;
  /** The default is no paper's. */
  readonly isOurs?: true;
  /** Each value that can be chosen, with a sentence where the name does not say it. */
  readonly options?: Readonly<Record<string, { readonly label: string; readonly help?: string }>>;
}

export type HelpTable = Readonly<Record<string, HelpEntry>>;
