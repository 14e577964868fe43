import { useStore } from 'zustand';
import type { ExperimentsStore } from '../../../lab/experiments/store.ts';
import { useLaboratory } from '../../laboratoryContext.ts';
import { experimentsView, forgetChoice } from './viewStore.ts';

/** Stores an experiment, puts it into the queue, and shows how it goes. */
export function useStart() {
  const { experiments } = useLaboratory();
  const isBusy = useStore(experiments, ({ busy }) => busy !== null);
  const run = async (store: ExperimentsStore, definition: unknown) => {
    const id = await store.create(definition);
    if (id === null) return;
    forgetChoice();
    experimentsView.setState({ page: 'list' });
    await store.run(id);
  };
  return { isBusy, run };
}
