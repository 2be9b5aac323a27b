/** A regular expression, taken apart. Groups are gone: only what they hold is left. */
export type Syntax =
  /** One character: itself, an escape, a class or the dot, as it is written. */
  | { readonly kind: 'one'; readonly source: string }
  /** A place between two characters. */
  | { readonly kind: 'edge'; readonly at: Edge }
  | { readonly kind: 'sequence'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly parts: readonly Syntax[] }
  /** `most` is infinite for `*`, `+` and `{2,}`. */
  | { readonly kind: 'repeat'; readonly part: Syntax; readonly least: number; readonly most: number };

/** The beginning of a value, its end, where a word begins or ends, and anywhere else. */
export type Edge = '^' | '$' | '\\b' | '\\B';

/** A pattern has what cannot be matched in linear time, or is not read; the message is the end of a sentence about it. */
export class UnreadPatternError extends Error {
  override readonly name = 'UnreadPatternError';
}

/** An escape is one token, also the two halves of a surrogate pair, and a class is one. */
const TOKEN =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\[pPu]\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[a-zA-Z]|\\k<[^>]*>|\\[1-9]\d*|\\.|\[(?:\\.|[^\\\]])*\]|\(\?(?:<?[=!]|<[^>]*>|[a-z]*-?[a-z]*:)|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;

/**
 * Takes a regular expression apart that JavaScript reads with the `u` flag. Throws an {@link UnreadPatternError} for
 * lookaround, backreferences and flags inside of it.
 */
export const syntaxOf = (pattern: string): Syntax => {
  const tokens = pattern.match(TOKEN) ?? [];
  let at = 0;
  const choice = (): Syntax => {
    const parts = [sequence()];
    while (tokens[at] === '|') {
      at++;
      parts.push(sequence());
    }
    const [first] = parts;
    return first && parts.length === 1 ? first : { kind: 'choice', parts };
  };
  const sequence = (): Syntax => {
    const parts: Syntax[] = [];
    for (let token = tokens[at]; token !== undefined && token !== '|' && token !== ')'; token = tokens[at]) {
      at++;
      const part = atom(token);
      const count = countOf(tokens[at]);
      if (count) at++;
      parts.push(count ? { kind: 'repeat', part, ...count } : part);
    }
    return { kind: 'sequence', parts };
  };
  const atom = (token: string): Syntax => {
    if (token.startsWith('(')) {
      const problem = groupProblem(token);
      if (problem) throw new UnreadPatternError(problem);
      const inner = choice();
      at++;
      return inner;
    }
    if (/^\\(?:k<|[1-9])/.test(token)) {
      throw new UnreadPatternError(`has a backreference, "${token}": write out what may be repeated`);
    }
    return isEdge(token) ? { kind: 'edge', at: token } : { kind: 'one', source: token };
  };
  return choice();
};

const groupProblem = (token: string): string | undefined => {
  if (!/^\(\?<?[=!]$/.test(token)) return flagsProblem(token);
  const name = token.includes('<') ? 'lookbehind' : 'lookahead';
  return `has a ${name}, "${token}...)": write out which values are allowed, as in "dev|test", or use "values"`;
};

/** That a pattern sets flags inside of it, which some versions of JavaScript refuse and some read. */
export const flagsProblem = (pattern: string): string | undefined => {
  const [flags] = /\(\?[a-z-]+[:)]/.exec(pattern) ?? [];
  return (
    flags && `sets flags with "${flags}": write out what they would allow, as in "[Dd]ev" for both cases`
  );
};

const isEdge = (token: string): token is Edge => ['^', '$', '\\b', '\\B'].includes(token);

const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

/** How often a repetition allows; whether it is lazy makes no difference to whether a value matches. */
const countOf = (token = ''): { readonly least: number; readonly most: number } | undefined => {
  const known = COUNTS[token.charAt(0)];
  if (known) return { least: known[0], most: known[1] };
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(token) ?? [];
  if (least === undefined) return undefined;
  const upTo = most ? Number(most) : comma ? Number.POSITIVE_INFINITY : Number(least);
  return { least: Number(least), most: upTo };
};
