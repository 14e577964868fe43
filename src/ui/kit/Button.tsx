import type { ComponentProps, ReactNode } from 'react';
import './kit.css';
import { Icon, type IconName } from './Icon.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  /** primary: the one thing to do next; plain; quiet: without a frame. */
  readonly look?: 'primary' | 'plain' | 'quiet';
  readonly icon?: IconName;
  readonly children: ReactNode;
}

export function Button({ look = 'plain', icon, type = 'button', children, className = '', ...rest }: ButtonProps) {
  return (
    <button type={type} className={`button ${className}`} data-look={look} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'type' | 'children' | 'aria-label'> {
  readonly icon: IconName;
  /** What it does; also its tooltip. */
  readonly label: string;
}

/** A button that is an icon only. */
export function IconButton({ icon, label, className = '', ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
