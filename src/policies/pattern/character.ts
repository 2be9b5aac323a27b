/** Whether a character fits, by its code point. */
export interface Fits {
  /** What is known of the characters of ASCII: 1 for one that fits, 2 for one that does not, 0 for not asked yet. */
  readonly ascii: Uint8Array;
  readonly ask: (char: number) => boolean;
}

const ASCII = 128;

export const fits = ({ ascii, ask }: Fits, char: number): boolean => {
  if (char >= ASCII) return ask(char);
  if (ascii[char] === 0) ascii[char] = ask(char) ? 1 : 2;
  return ascii[char] === 1;
};

/**
 * Which characters a character, an escape, a class or the dot of a regular expression stands for. That is asked of
 * JavaScript's engine, one character at a time, so that it means here what it means there.
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

/** A pattern with something in place of each `\p{...}`; an escaped backslash before a `p` is none. */
export const withProperties = (pattern: string, replace: (property: string) => string): string =>
  pattern.replace(ESCAPES, (text) => (isProperty(text) ? replace(text) : text));

const properties = new Map<string, Ask>();

/**
 * Which characters have a property of Unicode, such as `\p{L}`. JavaScript takes a millisecond to read one, so each is
 * read once; there are some hundreds. Throws a `SyntaxError` for one that does not exist.
 */
export const property = (text: string): Ask => {
  const known = properties.get(text) ?? single(text);
  properties.set(text, known);
  return known;
};
