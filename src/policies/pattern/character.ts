/** Tests whether a character fits, by its code point. */
export interface Fits {
  /** Cached answers for ASCII characters: 1 fits, 2 does not fit, 0 not tested yet. */
  readonly ascii: Uint8Array;
  readonly ask: (char: number) => boolean;
}

const ASCII = 128;

/** Whether a character fits. Answers for ASCII characters are cached. */
export const fits = ({ ascii, ask }: Fits, char: number): boolean => {
  if (char >= ASCII) return ask(char);
  if (ascii[char] === 0) ascii[char] = ask(char) ? 1 : 2;
  return ascii[char] === 1;
};

/**
 * Returns the test for a character, an escape, a class or the dot of a regular expression. JavaScript's
 * engine tests one character at a time, so each means the same here as there.
 */
export const fitsOf = (source: string): Fits => ({ ascii: new Uint8Array(ASCII), ask: askOf(source) });

type Ask = Fits['ask'];

const SINGLE = /^[^\\[.]$/su;

const askOf = (source: string): Ask => {
  if (SINGLE.test(source)) {
    const only = source.codePointAt(0);
    return (char) => char === only;
  }
  if (isProperty(source)) return property(source);
  if (!source.startsWith('[')) return single(source);
  const negated = source.startsWith('[^');
  const inner = source.slice(negated ? 2 : 1, -1);
  const properties = (inner.match(ESCAPES) ?? []).filter(isProperty).map(property);
  const others = single(`[${withProperties(inner, () => '').replace(/^\^/, '\\^')}]`);
  return (char) => (others(char) || properties.some((has) => has(char))) !== negated;
};

const single = (source: string): Ask => {
  const regex = new RegExp(`^${source}$`, 'u');
  return (char) => regex.test(String.fromCodePoint(char));
};

const ESCAPES = /\\[pP]\{[^}]*\}|\\./gsu;

const isProperty = (text: string): boolean => /^\\[pP]\{/.test(text);

/** Replaces each `\p{...}` in a pattern. A `p` after an escaped backslash is not a property. */
export const withProperties = (pattern: string, replace: (property: string) => string): string =>
  pattern.replace(ESCAPES, (text) => (isProperty(text) ? replace(text) : text));

const properties = new Map<string, Ask>();

/**
 * Returns the test for a Unicode property such as `\p{L}`. JavaScript takes a millisecond to compile one, so
 * each of the several hundred is compiled once. Throws a `SyntaxError` for a property that does not exist.
 */
export const property = (text: string): Ask => {
  const known = properties.get(text) ?? single(text);
  properties.set(text, known);
  return known;
};
