// A figure as SVG text: lines, areas, marks and words on a white ground, so that it can be read on a light page and on a
// dark one. Numbers are rounded and nothing depends on the machine: equal data, equal bytes.

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const INK = '#1b2130';
export const QUIET = '#596377';
export const GRID = '#e1e5eb';

/** How a series is told from the others: by colour, by dash and by mark. Colours after Okabe and Ito. */
export interface SeriesStyle {
  readonly colour: string;
  readonly dash: string;
  readonly mark: 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'bar' | 'ring';
}

const STYLES: readonly SeriesStyle[] = [
  { colour: '#1b2130', dash: '', mark: 'circle' },
  { colour: '#d55e00', dash: '7 3', mark: 'square' },
  { colour: '#0072b2', dash: '2 2', mark: 'triangle' },
  { colour: '#009e73', dash: '9 3 2 3', mark: 'diamond' },
  { colour: '#b0508a', dash: '4 3', mark: 'cross' },
  { colour: '#8a6d00', dash: '1 3', mark: 'bar' },
  { colour: '#3a8fc4', dash: '12 4', mark: 'ring' },
];

export function styleOf(index: number): SeriesStyle {
  return STYLES[index % STYLES.length]!;
}

/** One decimal, which is finer than a pixel. */
export const coordinate = (value: number): number => Math.round(value * 10) / 10 + 0;

export interface TextOptions {
  readonly size?: number;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  /** Degrees around the text's own place. */
  readonly turned?: number;
}

export interface PathOptions {
  readonly stroke?: string;
  readonly fill?: string;
  readonly width?: number;
  readonly dash?: string;
  readonly opacity?: number;
}

const round: (x: number, y: number, r: number) => string = (x, y, r) =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;

/** Paths of the marks around a place. */
const MARKS: Readonly<Record<SeriesStyle['mark'], (x: number, y: number, r: number) => string>> = {
  circle: round,
  ring: round,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  triangle: (x, y, r) => `M${x} ${y - r}l${r} ${2 * r}h${-2 * r}Z`,
  diamond: (x, y, r) => `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}Z`,
  cross: (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  bar: (x, y, r) => `M${x} ${y - r}v${2 * r}`,
};

/** Collects what is drawn, in order. */
export class Drawing {
  readonly #items: string[] = [];

  path(d: string, { stroke, fill = 'none', width = 1, dash = '', opacity = 1 }: PathOptions): void {
    if (d === '') return;
    const line = stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${width}"`;
    const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
    const faint = opacity === 1 ? '' : ` opacity="${opacity}"`;
    this.#items.push(`<path d="${d}" fill="${fill}"${line}${dashed}${faint}/>`);
  }

  text(x: number, y: number, words: string, options: TextOptions = {}): void {
    const { size = 12, bold = false, anchor = 'start', colour = INK, turned = 0 } = options;
    const [left, top] = [coordinate(x), coordinate(y)];
    const placed = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
    const weight = bold ? ' font-weight="600"' : '';
    const turn = turned === 0 ? '' : ` transform="rotate(${turned} ${left} ${top})"`;
    this.#items.push(
      `<text x="${left}" y="${top}" font-size="${size}" fill="${colour}"${placed}${weight}${turn}>${escaped(words)}</text>`,
    );
  }

  /** @param radius of the mark, pixels */
  mark(x: number, y: number, { mark, colour }: SeriesStyle, radius = 3.5): void {
    const d = MARKS[mark](coordinate(x), coordinate(y), radius);
    if (mark === 'ring') this.path(d, { fill: '#ffffff', stroke: colour, width: 1.5 });
    else if (mark === 'cross' || mark === 'bar') this.path(d, { stroke: colour, width: 2 });
    else this.path(d, { fill: colour });
  }

  /**
   * The file.
   * @param title told to those who cannot see the picture
   */
  toSvg(width: number, height: number, title: string): string {
    const [w, h] = [Math.round(width), Math.round(height)];
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" font-family="${escaped(FONT)}" stroke-linejoin="round" stroke-linecap="round">`,
      `<title>${escaped(title)}</title>`,
      `<path d="M0 0h${w}v${h}h${-w}Z" fill="#ffffff"/>`,
      ...this.#items,
      '</svg>',
      '',
    ].join('\n');
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Width of a text in a sans-serif font, near enough for a legend. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.55;
}
