// Names in answers: functions, constants, Greek letters and units, as LaTeX and plain text write them.

/** A function's name as it is written, and as it is computed. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sec: 'sec',
  csc: 'csc',
  cot: 'cot',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
  asin: 'asin',
  acos: 'acos',
  atan: 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  ln: 'ln',
  log: 'log',
  lg: 'log',
  exp: 'exp',
  abs: 'abs',
  floor: 'floor',
  ceil: 'ceil',
};

/** Functions that an exponent of -1 turns round. */
export const INVERSES: Readonly<Record<string, string>> = { sin: 'asin', cos: 'acos', tan: 'atan' };

const GREEK =
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau';
const MORE_GREEK = 'upsilon phi varphi chi psi omega hbar Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega';

/** Letters with names; pi is a number. */
export const LETTERS: ReadonlySet<string> = new Set(`${GREEK} ${MORE_GREEK} ell`.split(' '));

/** Units that are too short to be told from variables without a list. */
const SHORT_UNITS =
  'mm cm dm km ft yd mi in sq kg mg lb lbs oz ml mL cl dl hr hrs min sec ms mph km/h m/s kph am pm AM PM USD cents';

/** Words that mean a number, not its unit. */
const NUMBERS = 'pi infinity infty';

/** What plain text may hold as a whole word without being a word. */
const MATHEMATICS: ReadonlySet<string> = new Set([
  ...Object.keys(FUNCTIONS),
  'sqrt',
  'cbrt',
  ...LETTERS,
  ...NUMBERS.split(' '),
]);
const UNITS: ReadonlySet<string> = new Set(SHORT_UNITS.split(' '));
const SHORTEST_WORD = 4;
const SHORTEST_INSIDE = 2;

/** Whether letters are a word of the language, not of mathematics. */
export const isWord = (word: string): boolean => !MATHEMATICS.has(word) && !MATHEMATICS.has(word.toLowerCase());

/**
 * Whether a word after a number is its unit, or another word of the sentence.
 * @param isInside other words follow: then shorter ones are words too, as in "60 miles per hour"
 */
export function isUnit(word: string, isInside: boolean): boolean {
  if (UNITS.has(word.replace(/\.$/, ''))) return true;
  return isWord(word) && word.replace(/[^a-zA-Z]/g, '').length >= (isInside ? SHORTEST_INSIDE : SHORTEST_WORD);
}

/** Without a backslash the shortest names of letters are rather products: xi is x times i. Longest first: arcsin is no sin. */
const KNOWN = [...MATHEMATICS]
  .filter((name) => ['pi', 'ln', 'lg'].includes(name) || (name.length > 2 && !['eta', 'ell', 'hbar'].includes(name)))
  .sort((a, b) => b.length - a.length);

/** Cuts a run of letters into known names and single letters: 'xsin' is x and sin. */
export function cutLetters(run: string): string[] {
  const names: string[] = [];
  for (let i = 0; i < run.length; ) {
    const name = KNOWN.find((known) => run.startsWith(known, i)) ?? run[i]!;
    names.push(name);
    i += name.length;
  }
  return names;
}
