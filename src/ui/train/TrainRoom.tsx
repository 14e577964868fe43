// The Train room: a run, watched and steered.

import { useLaboratory } from '../laboratoryContext.ts';
import { TrainView } from './TrainView.tsx';
import { TrainContext } from './trainContext.ts';

export default function TrainRoom() {
  const { train } = useLaboratory();
  return (
    <TrainContext value={train}>
      <TrainView />
    </TrainContext>
  );
}
