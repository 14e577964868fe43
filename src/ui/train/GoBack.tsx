import { Button } from '../kit/Button.tsx';
import { Dialog } from '../kit/Dialog.tsx';
import { useRun, useTrain } from './trainContext.ts';

/** Asks before steps are thrown away. */
export function GoBack({
  step,
  isOpen,
  onClose,
}: {
  readonly step: number;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const train = useTrain();
  const steps = useRun((run) => run.step);
  const go = (where: 'rewind' | 'fork') => {
    onClose();
    void train[where](step);
  };
  return (
    <Dialog
      title={`Rewind to step ${step}?`}
      isOpen={isOpen}
      onClose={onClose}
      size="small"
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => go('fork')}>Fork instead</Button>
          <Button look="primary" onClick={() => go('rewind')}>
            Rewind
          </Button>
        </>
      }
    >
      <p>
        {steps === step
          ? 'The step under way is given up.'
          : `The ${steps - step} step${steps - step === 1 ? '' : 's'} after it and their checkpoints are deleted.`}{' '}
        A fork goes on from there as a run of its own and leaves this one as it is.
      </p>
    </Dialog>
  );
}
