import { describe, expect, it } from 'vitest';
import { type Action, createActions, isPlainKey, type KeyPress, keyOf, keyText, searchActions } from './actions.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

const action = (id: string, more: Partial<Action> = {}): Action => ({
  id,
  label: id,
  group: 'Test',
  run: () => {},
  ...more,
});

describe('keys', () => {
  it.each([
    [press(' '), 'Space'],
    [press('ArrowRight'), 'ArrowRight'],
    [press('ArrowRight', { shiftKey: true }), 'Shift+ArrowRight'],
    [press('z', { ctrlKey: true }), 'Mod+Z'],
    [press('Z', { metaKey: true, shiftKey: true }), 'Mod+Shift+Z'],
    // Shift is how '?' is typed, not a part of it.
    [press('?', { shiftKey: true }), '?'],
    [press('n'), 'N'],
    [press('n', { altKey: true }), 'Alt+N'],
  ])('%j is %s', (event, key) => expect(keyOf(event)).toBe(key));

  it('knows no key for a modifier alone', () => expect(keyOf(press('Shift', { shiftKey: true }))).toBeNull());

  it('tells plain keys, which typing needs, from the others', () => {
    expect(['Space', '?', 'Shift+ArrowUp', 'N'].every(isPlainKey)).toBe(true);
    expect(['Mod+Z', 'Alt+N', 'Mod+Shift+Z'].some(isPlainKey)).toBe(false);
  });

  it('writes keys as the keyboard does', () => {
    expect(keyText('Mod+Shift+Z', true)).toBe('⌘⇧Z');
    expect(keyText('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(keyText('ArrowLeft', false)).toBe('←');
  });
});

describe('actions', () => {
  it('runs by name and by key, the later registered first, and only what is possible', () => {
    const ran: string[] = [];
    let isRoomReady = true;
    const actions = createActions();
    actions.register([action('frame/play', { keys: ['Space'], run: () => ran.push('frame') })]);
    const leave = actions.register([
      action('room/play', { keys: ['Space'], isPossible: () => isRoomReady, run: () => ran.push('room') }),
    ]);
    actions.forKey('Space')?.run();
    isRoomReady = false;
    actions.forKey('Space')?.run();
    expect(ran).toEqual(['room', 'frame']);
    expect(actions.run('room/play')).toBe(false);
    isRoomReady = true;
    expect(actions.run('room/play')).toBe(true);
    leave();
    expect(actions.getState().map(({ id }) => id)).toEqual(['frame/play']);
    expect(actions.forKey('Q')).toBeNull();
  });
});

describe('the search', () => {
  const list = [
    action('a', { label: 'Copy the link' }),
    action('b', { label: 'Go to Train', group: 'Rooms' }),
    action('c', { label: 'Train one step', group: 'Train' }),
    action('d', { label: 'Train five steps', group: 'Train', isPossible: () => false }),
  ];
  const found = (search: string) => searchActions(list, search).map(({ id }) => id);

  it('finds all that is possible without words', () => expect(found('')).toEqual(['a', 'b', 'c']));
  it('wants every word, anywhere', () => expect(found('link copy')).toEqual(['a']));
  it('puts what begins with the word first', () => expect(found('train')).toEqual(['c', 'b']));
  it('searches headings too', () => expect(found('rooms')).toEqual(['b']));
});
