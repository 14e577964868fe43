// The sentinel's word: what is going wrong, and the ways back.

import { useState } from 'react';
import { checkpointBefore } from '../../lab/train/words.ts';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';
import { GoBack } from './GoBack.tsx';
import { useRunData, useTrain } from './trainContext.ts';

/** The newest warning with its actions; the charts mark all of them. */
export function Warnings() {
  const train = useTrain();
  const warnings = useRunData((run) => run.warnings);
  const checkpoints = useRunData((run) => run.checkpoints);
  const [seen, setSeen] = useState(-1);
  const [isGoingBack, setIsGoingBack] = useState(false);
  const warning = warnings.at(-1);
  if (warning === undefined || warning.step <= seen) return null;
  const before = checkpointBefore(warning, checkpoints);
  return (
    <div className="warnings">
      <Notice tone="problem" onDismiss={() => setSeen(warning.step)}>
        <p>
          <b>Signs of collapse after step {warning.step}.</b> {warning.sentence}
        </p>
        {before === null ? (
          <p>There is no checkpoint from before that.</p>
        ) : (
          <div className="notice-actions">
            <Button onClick={() => setIsGoingBack(true)}>Rewind to step {before.step} …</Button>
            <Button onClick={() => void train.fork(before.step)}>Fork from step {before.step}</Button>
          </div>
        )}
      </Notice>
      {before !== null && <GoBack step={before.step} isOpen={isGoingBack} onClose={() => setIsGoingBack(false)} />}
    </div>
  );
}
