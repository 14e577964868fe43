// What the reader looks at in the experiments' half of the room. It outlives the room.

import { createStore } from 'zustand/vanilla';
import { Analyst } from '../../../lab/results/analyst.ts';
import { type Choice, FIRST_CHOICE } from '../../../lab/results/choice.ts';
import { createSharedView } from '../../charts/view.ts';

export type Page = 'presets' | 'own' | 'list' | 'results';

export interface ExperimentsView {
  readonly page: Page;
  readonly choice: Choice;
  /** Names of the points whose lines are not drawn. */
  readonly hidden: ReadonlySet<string>;
  readonly areSeedsShown: boolean;
  /** File of the committed results that are looked at; null: the list of them. */
  readonly committed: string | null;
}

export const experimentsView = createStore<ExperimentsView>()(() => ({
  page: 'presets',
  choice: FIRST_CHOICE,
  hidden: new Set(),
  areSeedsShown: true,
  committed: null,
}));

export const choose = (change: Partial<Choice>): void =>
  experimentsView.setState(({ choice }) => ({ choice: { ...choice, ...change } }));

/** Another experiment has other arms and measures. */
export const forgetChoice = (): void =>
  experimentsView.setState(({ choice: { statistic } }) => ({
    choice: { ...FIRST_CHOICE, statistic },
    hidden: new Set(),
  }));

/** Of the charts of results. */
export const chartView = createSharedView();

export const analyst = new Analyst();
