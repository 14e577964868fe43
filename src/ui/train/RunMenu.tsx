import { Button } from '../kit/Button.tsx';
import { Menu } from '../kit/Menu.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { openDialog } from '../policies/dialogs.ts';
import { useTrain } from './trainContext.ts';

/** What can be done with the run as a whole. */
export function RunMenu() {
  const { settings, shelf } = useLaboratory();
  const train = useTrain();
  const config = () => settings.getState().settings.config;
  return (
    <Menu
      groups={[
        [
          {
            id: 'new',
            label: 'New run with the settings',
            run: () => void train.start(config(), shelf.startOf(config().task)),
          },
          { id: 'pretrain', label: 'Pretrain a base …', run: () => openDialog('pretrain') },
          { id: 'close', label: 'Close this run', run: () => void train.close() },
        ],
      ]}
    >
      <Button icon="chevron">Run</Button>
    </Menu>
  );
}
