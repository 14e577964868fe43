import { type ReactNode, StrictMode, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import '../style.css';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Help } from './Help.tsx';
import { readNumber } from './NumberField.tsx';
import { Progress } from './Progress.tsx';
import { Segmented } from './Segmented.tsx';
import { Slider } from './Slider.tsx';
import { spoken, Term } from './Term.tsx';

let page: HTMLElement;
let root: Root;

beforeEach(() => {
  page = document.createElement('div');
  page.style.width = '320px';
  document.body.append(page);
  root = createRoot(page);
});

afterEach(() => {
  root.unmount();
  page.remove();
});

const show = (children: ReactNode) => root.render(<StrictMode>{children}</StrictMode>);
const find = <E extends Element = HTMLElement>(selector: string) =>
  vi.waitFor(() => {
    const found = document.querySelector<E & HTMLElement>(selector);
    if (found === null) throw new Error(`There is no ${selector}.`);
    return found;
  });

/** A slider that keeps its value, as a store would. */
function Kept({
  start,
  onChange,
  ...rest
}: { start: number; onChange: (value: number) => void } & Partial<Parameters<typeof Slider>[0]>) {
  const [value, setValue] = useState(start);
  return (
    <Slider
      label="T_high"
      min={0.1}
      max={2.5}
      step={0.05}
      {...rest}
      value={value}
      onChange={(next) => {
        setValue(next);
        onChange(next);
      }}
    />
  );
}

describe('a slider', () => {
  it('goes by its step with the arrows, by ten with shift, and to its ends', async () => {
    const seen: number[] = [];
    show(<Kept start={1.2} onChange={(value) => seen.push(value)} />);
    (await find('[role="slider"]')).focus();
    await userEvent.keyboard('{ArrowRight}{ArrowLeft}{ArrowLeft}{Shift>}{ArrowRight}{/Shift}{End}{Home}');
    expect(seen).toEqual([1.25, 1.2, 1.15, 1.65, 2.5, 0.1]);
  });

  it('moves by whole numbers on a logarithmic track, however near they lie', async () => {
    const seen: number[] = [];
    show(<Kept start={2} min={1} max={100_000} step={1} scale="log" onChange={(value) => seen.push(value)} />);
    (await find('[role="slider"]')).focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{End}{ArrowLeft}{Home}');
    expect(seen).toEqual([3, 4, 100_000, 90_000, 1]);
  });

  it('takes a typed number at Enter, also beyond its track, and forgets it at Escape', async () => {
    const seen: number[] = [];
    show(<Kept start={1.2} onChange={(value) => seen.push(value)} />);
    const field = await find<HTMLInputElement>('input.number');
    await userEvent.fill(field, '3,25');
    await userEvent.keyboard('{Enter}');
    await userEvent.fill(field, '9');
    await userEvent.keyboard('{Escape}');
    expect(seen).toEqual([3.25]);
    await vi.waitFor(() => expect(field.value).toBe('3.25'));
  });

  it('marks what is no number, and keeps the value', async () => {
    const onChange = vi.fn();
    show(<Kept start={1.2} onChange={onChange} />);
    const field = await find<HTMLInputElement>('input.number');
    await userEvent.fill(field, 'warm');
    await vi.waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    field.blur();
    await vi.waitFor(() => expect(field.value).toBe('1.2'));
    expect(onChange).not.toHaveBeenCalled();
  });

  it('says its label, value and unit', async () => {
    show(<Kept start={1.2} unit="nats" onChange={() => {}} />);
    const thumb = await find('[role="slider"]');
    expect(thumb.getAttribute('aria-label')).toBe('T high, slider');
    expect(thumb.getAttribute('aria-valuetext')).toBe('1.2 nats');
  });

  it('shows that it is not the preset’s, and the way back', async () => {
    const onReset = vi.fn();
    show(<Kept start={1.5} presetValue={1.2} presetText="1.2" onReset={onReset} onChange={() => {}} />);
    const back = await find('button[aria-label="Set T high back to the preset\'s 1.2"]');
    await userEvent.click(back);
    expect(onReset).toHaveBeenCalledOnce();
    expect(document.querySelector('.slider-preset')).not.toBeNull();
  });
});

describe('numbers as people type them', () => {
  it.each([
    ['1,5', 1.5],
    [' 2e-4 ', 2e-4],
    ['−0.3', -0.3],
    ['', null],
    ['hot', null],
    ['Infinity', null],
  ])('%j is %s', (text, value) => expect(readNumber(text)).toBe(value));
});

describe('terms', () => {
  it('set subscripts below the line, and say them as words', async () => {
    show(
      <p>
        <Term text="H > H_th, ε_low and T_high" />
      </p>,
    );
    const text = await find('p');
    expect([...text.querySelectorAll('sub')].map((sub) => sub.textContent)).toEqual(['th', 'low', 'high']);
    expect(spoken('H > H_th, ε_low')).toBe('H > H th, ε low');
    expect(spoken('snake_case_name')).toBe('snake_case_name');
  });
});

describe('a choice of a few', () => {
  it('cannot be taken back to none', async () => {
    const onChange = vi.fn();
    const choices = [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ];
    show(<Segmented label="Letter" value="a" choices={choices} onChange={onChange} />);
    await userEvent.click(await find('button[data-state="on"]'));
    expect(onChange).not.toHaveBeenCalled();
    await userEvent.click(await find('button[data-state="off"]'));
    expect(onChange).toHaveBeenCalledExactlyOnceWith('b');
  });
});

describe('help', () => {
  it('opens a sentence with its source, and closes at Escape', async () => {
    show(
      <Help about="T_low" source="Ours.">
        The temperature of cold tokens.
      </Help>,
    );
    await userEvent.click(await find('button[aria-label="About T low"]'));
    const text = await find('[role="dialog"]');
    expect(text.textContent).toBe('The temperature of cold tokens.Ours.');
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(document.querySelector('[role="dialog"]')).toBeNull());
  });
});

describe('a dialog', () => {
  function Opened() {
    const [isOpen, setOpen] = useState(false);
    return (
      <>
        <Button onClick={() => setOpen(true)}>Open</Button>
        <Dialog title="Title" isOpen={isOpen} onClose={() => setOpen(false)}>
          <input data-first-focus="" aria-label="First" />
        </Dialog>
      </>
    );
  }

  it('takes the focus, closes at Escape and gives the focus back', async () => {
    show(<Opened />);
    const button = await find('button');
    await userEvent.click(button);
    const input = await find('dialog[open] input');
    await vi.waitFor(() => expect(document.activeElement).toBe(input));
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect(document.querySelector('dialog')).toBeNull());
    expect(document.activeElement).toBe(button);
  });
});

describe('progress', () => {
  it('tells its share, or that it is not known, and can be cancelled', async () => {
    const onCancel = vi.fn();
    show(<Progress label="Train" share={0.4} onCancel={onCancel} />);
    const bar = await find('[role="progressbar"]');
    expect(bar.getAttribute('aria-valuenow')).toBe('40');
    await userEvent.click(await find('button'));
    expect(onCancel).toHaveBeenCalledOnce();
    show(<Progress label="Train" share={null} />);
    await vi.waitFor(() => expect(bar.hasAttribute('aria-valuenow')).toBe(false));
  });
});
