import { Button } from '../kit/Button.tsx';
import { BareSelect } from '../kit/Select.tsx';
import { useRoom, useShown, useStep } from './roomContext.ts';

/** Says that a file is shown, which of its groups, and leads back. */
export function RecordBar() {
  const room = useRoom();
  const { group } = useShown();
  const records = useStep((state) => state.records);
  const { recorded } = group;
  if (recorded === null || records === null) return null;
  return (
    <div className="step-record">
      <span>
        From <b>{recorded.name}</b>
        {recorded.step !== null && `, training step ${recorded.step}`}
      </span>
      {records.length > 1 && (
        <BareSelect
          label="Group of the file"
          value={String(records.indexOf(recorded))}
          choices={records.map(({ step, group: index, rollouts }, i) => ({
            value: String(i),
            label: `${step === null ? '' : `step ${step}, `}group ${index + 1}: ${rollouts[0]!.prompt}`,
          }))}
          onChange={(value) => room.showRecorded(Number(value))}
        />
      )}
      <Button onClick={room.closeFile}>Back to sampling</Button>
    </div>
  );
}
