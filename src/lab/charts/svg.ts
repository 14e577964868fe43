import type { Figure } from './figure.ts';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => ENTITIES[c]!);

/** The figure as an SVG document. */
export function svgOf({ width, height, items }: Figure): string {
  const lines = items.map((item) => {
    if (item.kind === 'text') {
      const { x, y, text, size, weight, anchor, colour } = item;
      return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${escaped(colour)}">${escaped(text)}</text>`;
    }
    const { d, fill, stroke, width: strokeWidth, dash, opacity } = item;
    const line =
      stroke === null
        ? ''
        : ` stroke="${escaped(stroke)}" stroke-width="${strokeWidth}" stroke-linecap="round" stroke-linejoin="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
    return `<path d="${d}" fill="${fill === null ? 'none' : escaped(fill)}"${line}${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}">`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
