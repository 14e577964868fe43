import { Button, IconButton } from '../kit/Button.tsx';
import { Field } from '../kit/Field.tsx';
import { NumberField } from '../kit/NumberField.tsx';
import { added, type Knot, moved, removed } from './knots.ts';
import { useField } from './useField.ts';

/** How far after the last one a new knot stands. */
const NEXT_STEPS = 100;

/** The knots of a schedule as numbers. */
export function KnotEditor({ path }: { path: string }) {
  const { field, value, set } = useField(path);
  const isFirstFixed = path.endsWith('.stages');
  // The config was checked: at these paths it has knots.
  const knots = value as readonly Knot[];
  const last = knots.at(-1)!;
  return (
    <Field {...field}>
      <table className="knots">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">τ</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {knots.map((knot, i) => (
            <tr key={knot.step}>
              <td>
                <NumberField
                  label={`Step of point ${i + 1}`}
                  value={knot.step}
                  step={10}
                  disabled={i === 0 && isFirstFixed}
                  onChange={(step) => set(moved(knots, i, { ...knot, step }, isFirstFixed))}
                />
              </td>
              <td>
                <NumberField
                  label={`Temperature of point ${i + 1}`}
                  value={knot.tau}
                  step={0.05}
                  onChange={(tau) => set(moved(knots, i, { ...knot, tau }, isFirstFixed))}
                />
              </td>
              <td>
                <IconButton
                  icon="close"
                  label={`Remove point ${i + 1}`}
                  disabled={removed(knots, i, isFirstFixed) === knots}
                  onClick={() => set(removed(knots, i, isFirstFixed))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button
          icon="plus"
          look="quiet"
          onClick={() => set(added(knots, { step: last.step + NEXT_STEPS, tau: last.tau }))}
        >
          Add a point
        </Button>
      </div>
    </Field>
  );
}
