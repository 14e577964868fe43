import { useStore } from 'zustand';
import { startOf } from '../../lab/policies/store.ts';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { PolicyChooser } from '../policies/PolicyChooser.tsx';

/** What new runs of the task start from. */
export function StartFrom() {
  const { shelf } = useLaboratory();
  const task = useSettings(({ config }) => config.task);
  const start = useStore(shelf, ({ starts }) => starts.get(task));
  return (
    <PolicyChooser
      label="starts from"
      task={task}
      value={start ?? startOf({ starts: new Map() }, task)}
      onChange={(policy) => shelf.startFrom(task, policy)}
    />
  );
}
