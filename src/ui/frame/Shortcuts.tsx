import { useStore } from 'zustand';
import { type Action, keyText } from '../../lab/actions.ts';
import { Dialog } from '../kit/Dialog.tsx';
import { Switch } from '../kit/Switch.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { IS_MAC } from './keyboard.ts';
import { preferences } from './preferences.ts';

/** Every key that does something now, by group. */
export function Shortcuts({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const actions = useStore(useLaboratory().actions);
  const arePlainKeysOn = useStore(preferences, (p) => p.arePlainKeysOn);
  const withKeys = actions.filter(({ keys }) => keys !== undefined);
  const groups = [...new Set(withKeys.map(({ group }) => group))];
  return (
    <Dialog title="Shortcuts" isOpen={isOpen} onClose={onClose}>
      <div className="shortcuts">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {withKeys
                .filter((action) => action.group === group)
                .map((action) => (
                  <Row key={action.id} action={action} />
                ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        label="Keys without Ctrl or Command"
        help="Turn this off if single keys get in the way of speech input or of another tool."
        checked={arePlainKeysOn}
        onChange={(next) => preferences.setState({ arePlainKeysOn: next })}
      />
    </Dialog>
  );
}

function Row({ action: { label, keys } }: { action: Action }) {
  return (
    <div className="shortcut">
      <dt>{label}</dt>
      <dd>
        {keys?.map((key) => (
          <kbd key={key}>{keyText(key, IS_MAC)}</kbd>
        ))}
      </dd>
    </div>
  );
}
