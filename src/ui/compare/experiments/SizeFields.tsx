import type { Size } from '../../../lab/experiments/shrink.ts';
import { SizeField } from './SizeField.tsx';

const FIELDS: readonly { readonly name: keyof Size; readonly label: string; readonly least: number }[] = [
  { name: 'seeds', label: 'seeds', least: 1 },
  { name: 'steps', label: 'training steps', least: 0 },
  { name: 'prompts', label: 'prompts a step', least: 1 },
  { name: 'group', label: 'G, rollouts a prompt', least: 2 },
  { name: 'evaluationPrompts', label: 'evaluation prompts', least: 1 },
  { name: 'evaluationRollouts', label: 'rollouts an evaluation prompt', least: 1 },
];

/** How large an experiment is. @param names which of the numbers can be set; default: all */
export function SizeFields({
  size,
  onChange,
  names,
}: {
  readonly size: Size;
  readonly onChange: (size: Size) => void;
  readonly names?: readonly (keyof Size)[];
}) {
  return (
    <div className="size-fields">
      {FIELDS.filter(({ name }) => names?.includes(name) ?? true).map(({ name, label, least }) => (
        <SizeField
          key={name}
          label={label}
          value={size[name]}
          least={least}
          onChange={(value) => onChange({ ...size, [name]: value })}
        />
      ))}
    </div>
  );
}
