// One mathematical expression, in LaTeX or plain text, told anew for the parser of mathjs: every multiplication written
// out, every group in parentheses, every name prefixed, so that nothing in the answer means anything by itself there.
//
//   2x^2\sin\frac\pi3   ->   2*(v_x)^(2)*sin(((c_pi)/(3)))
//
// Where LaTeX and common hand disagree, common hand wins: x^10 is a tenth power, 3\frac12 is three and a half.

import { CONSTANTS, NotComparableError } from './value.ts';
import { cutLetters, FUNCTIONS, INVERSES, LETTERS } from './words.ts';

const DEEPEST = 40;
const MOST_TOKENS = 600;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '\\{': '\\}' };
const OPERATORS: Readonly<Record<string, string>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  ':': '/',
  '\\cdot': '*',
  '\\times': '*',
  '\\ast': '*',
  '\\div': '/',
};

const unreadable = (token: string | undefined) =>
  new NotComparableError(
    token === undefined ? 'breaks off' : `holds "${token}", which is not read as mathematics here`,
  );

function tokensOf(text: string): string[] {
  const pieces = text.match(/\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\.\d+|[a-zA-Z]+|\S/gu) ?? [];
  const tokens = pieces.flatMap((piece) => (/^[a-zA-Z]/.test(piece) ? cutLetters(piece) : [piece]));
  if (tokens.length > MOST_TOKENS) throw new NotComparableError('is too long to compare');
  return tokens;
}

const isNumber = (token: string | undefined): token is string => token !== undefined && /^[\d.]*\d$/.test(token);
const nameOf = (token: string): string => token.replace(/^\\/, '');

/** The value of digits in a base, as decimal digits. */
function inBase(digits: string, base: number): string {
  let value = 0n;
  for (const digit of digits) {
    if (!(Number(digit) < base)) throw new NotComparableError(`writes ${digits} in base ${base}`);
    value = value * BigInt(base) + BigInt(digit);
  }
  return String(value);
}

class Translator {
  readonly tokens: string[];
  at = 0;
  depth = 0;
  /** Whether a bar after an operand ends it. */
  inBars = false;

  constructor(text: string) {
    this.tokens = tokensOf(text);
  }

  peek(): string | undefined {
    return this.tokens[this.at];
  }

  take(expected?: string): string {
    const token = this.tokens[this.at++];
    if (token === undefined || (expected !== undefined && token !== expected)) throw unreadable(token);
    return token;
  }

  /** Everything up to a token that belongs to whoever called. */
  expression(): string {
    if (++this.depth > DEEPEST) throw new NotComparableError('is nested too deeply to compare');
    const parts: string[] = [];
    let afterOperand = false;
    for (;;) {
      const token = this.peek();
      const operator = token === undefined ? undefined : OPERATORS[token];
      if (operator !== undefined) {
        this.at++;
        parts.push(operator);
        afterOperand = false;
        continue;
      }
      if (token === undefined || (token === '|' && this.inBars && afterOperand) || !this.startsOperand(token)) break;
      if (afterOperand) {
        if (isNumber(token)) throw new NotComparableError('has a number right after something else');
        parts.push('*');
      }
      parts.push(this.operand());
      afterOperand = true;
    }
    this.depth--;
    if (!afterOperand) throw unreadable(this.peek());
    return parts.join('');
  }

  startsOperand(token: string): boolean {
    return !/^([)\]}^_!%=<>,;'&]|\\[}%]|\\rfloor|\\rceil|\\right)$/.test(token);
  }

  /** What lies between this opening bracket and its partner. */
  group(): string {
    const close = CLOSING[this.take()];
    const outside = this.inBars;
    this.inBars = false;
    const inside = this.expression();
    this.inBars = outside;
    this.take(close);
    return `(${inside})`;
  }

  operand(): string {
    return this.withScripts(this.primary());
  }

  primary(): string {
    const token = this.peek();
    if (token === undefined) throw unreadable(token);
    if (Object.hasOwn(CLOSING, token)) return this.group();
    this.at++;
    if (isNumber(token)) return this.number(token);
    if (token === '|') return this.bars();
    const name = nameOf(token);
    if (Object.hasOwn(FUNCTIONS, name)) return this.functionCall(name);
    switch (name) {
      case 'frac':
        return `((${this.argument()})/(${this.argument()}))`;
      case 'binom':
        return `binomial(${this.argument()},${this.argument()})`;
      case 'sqrt':
        return this.root();
      case 'cbrt':
        return `root(${this.argument(true)},3)`;
      case 'lfloor':
        return this.between('floor', '\\rfloor');
      case 'lceil':
        return this.between('ceil', '\\rceil');
      case 'dot':
      case 'ddot':
      case 'hat':
      case 'tilde':
        return `v_${name}${this.argument(true).replace(/\W/g, '')}`;
      case 'pi':
      case 'e':
      case 'i':
        return CONSTANTS[name];
    }
    if (/^[a-zA-Z]$/.test(token) || LETTERS.has(name)) return this.variable(name);
    throw unreadable(token);
  }

  between(name: string, close: string): string {
    const inside = this.expression();
    this.take(close);
    return `${name}(${inside})`;
  }

  bars(): string {
    const outside = this.inBars;
    this.inBars = true;
    const inside = this.expression();
    this.inBars = outside;
    this.take('|');
    return `abs(${inside})`;
  }

  number(digits: string): string {
    if (this.peek() === '_') {
      const base = this.index();
      if (!/^\d+$/.test(digits) || !/^\d{1,2}$/.test(base)) throw unreadable(`${digits}_${base}`);
      return inBase(digits, Number(base));
    }
    if (/^\d+$/.test(digits) && this.peek() === '\\frac') {
      const before = this.at++;
      const [over, under] = [this.argument(), this.argument()];
      if (/^\(?\d+\)?$/.test(over) && /^\(?\d+\)?$/.test(under)) return `(${digits}+${over}/${under})`;
      this.at = before;
    }
    return digits;
  }

  /** A name with its index and primes: x_1, a_{n}, y'. A value of a function, as f(0), is a name too. */
  variable(name: string): string {
    let full = `v_${name}`;
    for (;;) {
      if (this.peek() === '_') full += `_${this.index()}`;
      else if (this.peek() === "'") full += this.take() && 'P';
      else if (this.skips('^', '\\prime') || this.skips('^', '{', '\\prime', '}')) full += 'P';
      else break;
    }
    const [open, inside, close] = this.tokens.slice(this.at, this.at + 3);
    if (open !== '(' || !isNumber(inside) || close !== ')') return full;
    this.at += 3;
    return `${full}_at_${inside.replace('.', 'd')}`;
  }

  /** Letters and digits of an index, whatever else it holds. */
  index(): string {
    this.take('_');
    if (this.peek() !== '{') return this.take().replace(/\W/g, '');
    let text = '';
    let depth = 0;
    do {
      const token = this.take();
      depth += token === '{' ? 1 : token === '}' ? -1 : 0;
      text += token.replace(/\W/g, '');
    } while (depth > 0);
    return text;
  }

  /** Whether just these tokens come next; if so they are passed. */
  skips(...expected: readonly string[]): boolean {
    const isNext = expected.every((token, i) => this.tokens[this.at + i] === token);
    if (isNext) this.at += expected.length;
    return isNext;
  }

  /** What \frac and its kin take: a group, or one symbol; of digits one, or with `whole` all of them. */
  argument(whole = false): string {
    const token = this.peek();
    if (token === '{' || (token === '(' && whole)) return this.group();
    if (isNumber(token)) {
      if (whole || token.length === 1) return this.take();
      this.tokens[this.at] = token.slice(1);
      return token[0]!;
    }
    return this.primary();
  }

  root(): string {
    if (this.peek() !== '[') return `sqrt(${this.argument(true)})`;
    const order = this.group();
    return `root(${this.argument(true)},${order})`;
  }

  functionCall(name: string): string {
    let called = FUNCTIONS[name]!;
    let base: string | null = null;
    let exponent: string | null = null;
    while (this.peek() === '_' || this.peek() === '^')
      if (this.take() === '_') base = this.argument(true);
      else exponent = this.exponent();
    if (exponent !== null && /^\(*-1\)*$/.test(exponent) && Object.hasOwn(INVERSES, called)) {
      called = INVERSES[called]!;
      exponent = null;
    }
    const argument = this.functionArgument();
    if (base !== null && called !== 'log') throw unreadable('_');
    const value = base === null ? `${called}(${argument})` : `logarithm(${argument},${base})`;
    return exponent === null ? value : `(${value})^(${exponent})`;
  }

  /** A group, or factors up to the next operator or function: sin 2x. */
  functionArgument(): string {
    const token = this.peek();
    if (token === '(' || token === '{' || token === '[') return this.group();
    if (token === '|') return this.operand();
    const sign = token === '-' ? this.take() : '';
    const factors: string[] = [];
    for (let next = this.peek(); next !== undefined; next = this.peek()) {
      const isFunction = Object.hasOwn(FUNCTIONS, nameOf(next));
      if (!this.startsOperand(next) || Object.hasOwn(OPERATORS, next) || next === '|') break;
      if (factors.length > 0 && (isFunction || next === '(' || next === '[')) break;
      factors.push(this.operand());
    }
    if (factors.length === 0) throw unreadable(this.peek());
    return sign + factors.join('*');
  }

  exponent(): string {
    if (++this.depth > DEEPEST) throw new NotComparableError('is nested too deeply to compare');
    const token = this.peek();
    const sign = token === '-' || token === '+' ? this.take() : '';
    const power = sign + this.argument(true);
    this.depth--;
    if (this.peek() !== '^') return power;
    this.at++;
    return `(${power})^(${this.exponent()})`;
  }

  /** Powers, factorials, percent and degree signs behind an operand. */
  withScripts(operand: string): string {
    let value = operand;
    for (;;) {
      const token = this.peek();
      if (token === '^') {
        this.at++;
        const isDegree = this.skips('\\circ') || this.skips('{', '\\circ', '}');
        value = isDegree ? `(${value}*${CONSTANTS.degree})` : `(${value})^(${this.exponent()})`;
      } else if (token === '!') {
        this.at++;
        value = `(${value}!)`;
      } else if (token === '%' || token === '\\%') {
        this.at++;
        value = `(${value}*${CONSTANTS.percent})`;
      } else return value;
    }
  }
}

/**
 * An expression as text for the parser of mathjs.
 * @throws NotComparableError for what is not an expression
 */
export function translated(text: string): string {
  const translator = new Translator(text);
  const result = translator.expression();
  if (translator.peek() !== undefined) throw unreadable(translator.peek());
  return result;
}
