// The page's few icons, drawn on a 16 x 16 grid in one stroke width.

const PATHS = {
  play: 'M5 3.2v9.6L12.6 8z',
  pause: 'M5 3.5v9M11 3.5v9',
  step: 'M4 3.5v9L10.5 8zM12.5 3.5v9',
  reset: 'M3.2 8a4.8 4.8 0 1 0 1.5-3.5M3 2.6v3h3',
  back: 'M12 3.5v9L5.5 8zM3.5 3.5v9',
  stop: 'M4.5 4.5h7v7h-7z',
  download: 'M8 2.8v7M5 7l3 3 3-3M3 12.8h10',
  upload: 'M8 10.2v-7M5 6l3-3 3 3M3 12.8h10',
  trash: 'M3.5 4.5h9M6.5 4.5v-1.7h3v1.7M4.8 4.5l.6 8.7h5.2l.6-8.7',
  fork: 'M4.5 13V3M4.5 9.5c0-3 7-1.5 7-4.5V3',
  close: 'M4 4l8 8M12 4l-8 8',
  more: 'M3.2 8h.01M8 8h.01M12.8 8h.01',
  chevron: 'M5 6.5 8 9.5l3-3',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  link: 'M6.8 9.2a2.4 2.4 0 0 0 3.4 0l2-2a2.4 2.4 0 0 0-3.4-3.4l-.8.8M9.2 6.8a2.4 2.4 0 0 0-3.4 0l-2 2a2.4 2.4 0 0 0 3.4 3.4l.8-.8',
  undo: 'M6 3.5 3 6.5l3 3M3.3 6.5h6.2a3.2 3.2 0 0 1 0 6.4H6.5',
  redo: 'm10 3.5 3 3-3 3M12.7 6.5H6.5a3.2 3.2 0 0 0 0 6.4h3',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.1 3.1',
  controls: 'M3 5h5.2M11.8 5H13M3 11h1.2M7.8 11H13M10 3.2v3.6M6 9.2v3.6',
  warning: 'M8 2.8 14 13H2zM8 6.6v3M8 11.3h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2h.01',
  check: 'm3.5 8.4 3 3 6-6.6',
} as const;

export type IconName = keyof typeof PATHS;

/** Says nothing to a screen reader: what it stands in has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} data-solid={name === 'play' ? '' : undefined} />
    </svg>
  );
}
