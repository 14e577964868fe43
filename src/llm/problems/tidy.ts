// What surrounds an answer without being part of it: dollar signs, spacing and font commands, units, thousands separators.
// What is left is told in one hand, whichever of LaTeX, Unicode or plain text it was written in.

import { isUnit, isWord } from './words.ts';

const CHARACTERS: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '×': '\\times ',
  '·': '\\cdot ',
  '⋅': '\\cdot ',
  '÷': '\\div ',
  π: '\\pi ',
  θ: '\\theta ',
  '√': '\\sqrt ',
  '∞': '\\infty ',
  '°': '^\\circ ',
  '≤': '\\le ',
  '≥': '\\ge ',
  '≠': '\\ne ',
  '±': '\\pm ',
  '∪': '\\cup ',
  '∈': '\\in ',
  '∅': '\\emptyset ',
  '²': '^2',
  '³': '^3',
  '½': '\\frac12 ',
  '¼': '\\frac14 ',
  '¾': '\\frac34 ',
  '％': '\\%',
  '\u00a0': ' ',
};

/** Commands told by another name, or by nothing. */
const COMMANDS: readonly (readonly [RegExp, string])[] = [
  [/\\(?:dfrac|tfrac|cfrac)(?![a-zA-Z])/g, '\\frac'],
  [/\\(?:dbinom|tbinom)(?![a-zA-Z])/g, '\\binom'],
  [/\\(?:displaystyle|textstyle|limits|left|right|[bB]ig{1,2}[lr]?|quad|qquad|hspace\{[^{}]*\})(?![a-zA-Z])\.?/g, ' '],
  [/(?<!\\)\\[!,;:> ]|~/g, ' '],
  [/\\(?:lvert|rvert|vert|mid)(?![a-zA-Z])/g, '|'],
  [/\\(?:lbrace)(?![a-zA-Z])/g, '\\{'],
  [/\\(?:rbrace)(?![a-zA-Z])/g, '\\}'],
  [/\\langle(?![a-zA-Z])/g, '('],
  [/\\rangle(?![a-zA-Z])/g, ')'],
  [/\\(?:leqslant|leq)(?![a-zA-Z])/g, '\\le '],
  [/\\(?:geqslant|geq)(?![a-zA-Z])/g, '\\ge '],
  [/\\neq(?![a-zA-Z])/g, '\\ne '],
  [/\\(?:varnothing|O)(?![a-zA-Z])/g, '\\emptyset '],
  [/\\degree(?![a-zA-Z])/g, '^\\circ '],
  [/\\operatorname\s*\{([a-zA-Z]+)\}/g, '\\$1 '],
  [/\\(?:mathbf|mathit|boldsymbol|bm|vec|overrightarrow)\s*\{([^{}]*)\}/g, '{$1}'],
  // Upright letters that follow no number are names, not units.
  [/(^|[^\d)}\s/])\s*\\mathrm\s*\{\s*([a-zA-Z]{1,2})\s*\}/g, '$1{$2}'],
  [/\\(?:mathrm|textbf|textit|textrm|textsf|texttt|textnormal|mbox|mathsf|rm)\s*\{/g, '\\text{'],
  [/\\text\s+\{/g, '\\text{'],
  [/_\s*(?:\{\s*)?\\text\{([^{}]*)\}(?:\s*\})?/g, '_{$1}'],
];

/** `\text{or}` between answers separates them as a comma does. */
const CONJUNCTION = /(?:\\text\{\s*,?\s*(?:or|and)\s*\}|\s(?:or|and)\s)/g;

/** The outermost wrapping that adds nothing: $...$, \(...\), \[...\], \boxed{...}, **...**. */
const WRAPPINGS: readonly RegExp[] = [
  /^\$\$([\s\S]*)\$\$$/,
  /^\$([^$]*)\$$/,
  /^\\\(([\s\S]*)\\\)$/,
  /^\\\[([\s\S]*)\\\]$/,
  /^\*\*([\s\S]*)\*\*$/,
  /^\\(?:boxed|fbox)\s*\{([^{}]*)\}$/,
];

function unwrapped(text: string): string {
  let inside = text.trim();
  for (;;) {
    const without = inside.replace(/(?<![\\.])[.,;]$/, '').trim();
    const wrapping = WRAPPINGS.find((pattern) => pattern.test(without));
    const next = wrapping === undefined ? without : without.replace(wrapping, '$1').trim();
    if (next === inside) return inside;
    inside = next;
  }
}

/** \text{ km}/\text{h}, \text{ cm}^2: words behind something, with their powers and quotients. */
const TEXT_UNIT = String.raw`\\text\{[^{}]*\}\s*(?:\^\s*\{?\s*-?\d\s*\}?)?`;
const TEXT_UNITS = new RegExp(String.raw`(?<=\S)\s*${TEXT_UNIT}(?:\s*\/\s*${TEXT_UNIT})*`, 'g');

/** Units behind a number: \text{ cm}^2, square feet, miles per hour. The last thing that is left must be a value. */
function withoutUnits(text: string): string {
  let isInside = false;
  let rest = text.replace(TEXT_UNITS, ' ').trim();
  for (;;) {
    const [, before, word] = /^(.*?[\d)}\]%!\s])\s*\/?\s*([a-zA-Z][a-zA-Z./]*)(?:\s*\^\s*\{?\d\}?)?$/s.exec(rest) ?? [];
    if (before === undefined || word === undefined || !/\d/.test(before) || !isUnit(word, isInside)) return rest;
    // A word inside a command or a name, as in \sqrt or 2theta, is not a unit.
    if (/\\[a-zA-Z]*$/.test(before)) return rest;
    rest = before.trim();
    isInside = true;
  }
}

/** Words before a value: about 12, she has 12. */
function withoutLead(text: string): string {
  const [, lead, value] = /^((?:[a-zA-Z]{3,}\s+)+)([-+\d\\(].*)$/s.exec(text) ?? [];
  if (lead === undefined || value === undefined || !/\d/.test(value)) return text;
  return lead.trim().split(/\s+/).every(isWord) ? value : text;
}

/** 0.1\overline{6} as a fraction. */
function repeating(_: string, whole: string, fixed: string, period: string): string {
  const start = `${whole}${fixed}`;
  const over = BigInt(`${start}${period}`) - BigInt(start === '' ? 0 : start);
  const under = 10n ** BigInt(fixed.length) * (10n ** BigInt(period.length) - 1n);
  return `(${over}/${under})`;
}

/** The words of an answer that is text, for comparing as such. */
export function plainText(text: string): string {
  return unwrapped(text)
    .replace(/\\(?:text|textbf|textit|textrm|mathrm|mbox|mathbf)\s*/g, '')
    .replace(/[{}$\s]|\\[!,;: ]/g, '')
    .replace(/^\((.*)\)$/, '$1')
    .replace(/[.,;]$/, '')
    .toLowerCase();
}

/** The mathematics of an answer. */
export function tidied(text: string): string {
  let result = Array.from(unwrapped(text), (character) => CHARACTERS[character] ?? character).join('');
  result = result.replace(/\{,\}/g, '').replace(/(?<=\d),?\\[!,]\s*(?=\d{3})/g, '');
  for (const [pattern, replacement] of COMMANDS) result = result.replace(pattern, replacement);
  result = result
    .replace(/\\?[$€£]/g, '')
    .replace(/\s*\b(?:percent|pct)\b\.?/gi, '\\%')
    .replace(CONJUNCTION, ', ')
    .replace(/(?<=\d)[eE]([+-]?\d+)(?![a-zA-Z\d])/g, '*10^{$1}')
    .replace(/(\d*)\.(\d*)\s*\\(?:overline|bar)\s*\{?(\d+)\}?/g, repeating)
    .replace(/(\d)\s+(\d+)\s*\/\s*(\d+)/g, '$1\\frac{$2}{$3}')
    .replace(/(?<=\b\d{1,3}) (?=\d{3}\b)/g, '')
    .replace(/(?<=\d)\.(?=\s*[/*+-])/g, '')
    .replace(/,\s*,/g, ',');
  return withoutLead(withoutUnits(unwrapped(result)));
}

/** 1,234,567 as 1234567. It may have been a list: both readings are compared. */
export const withoutThousands = (text: string): string =>
  text.replace(/(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)/g, (number) => number.replaceAll(',', ''));
