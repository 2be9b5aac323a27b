/** A parsed regular expression. Groups are replaced by their contents. */
export type Syntax =
  /** One character: itself, an escape, a class or the dot, as written. */
  | { readonly kind: 'one'; readonly source: string }
  /** A position between two characters. */
  | { readonly kind: 'edge'; readonly at: Edge }
  | { readonly kind: 'sequence'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'choice'; readonly parts: readonly Syntax[] }
  /** `most` is infinite for `*`, `+` and `{2,}`. */
  | { readonly kind: 'repeat'; readonly part: Syntax; readonly least: number; readonly most: number };

/** The start of a value, its end, a word boundary, and any other position. */
export type Edge = '^' | '$' | '\\b' | '\\B';

/**
 * Thrown for a pattern that is not supported or cannot be matched in linear time. The message is the end of a
 * sentence about it.
 */
export class UnreadPatternError extends Error {
  override readonly name = 'UnreadPatternError';
}

/** An escape is one token, even when it is the two halves of a surrogate pair. A class is one token too. */
const TOKEN =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\[pPu]\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[a-zA-Z]|\\k<[^>]*>|\\[1-9]\d*|\\.|\[(?:\\.|[^\\\]])*\]|\(\?(?:<?[=!]|<[^>]*>|[a-z]*-?[a-z]*:)|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;

/**
 * Parses a regular expression that JavaScript accepts with the `u` flag. Throws an {@link UnreadPatternError}
 * for lookaround, backreferences and inline flags.
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

/** Reports inline flags, which only some versions of JavaScript accept; undefined when there are none. */
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

/** The counts of a repetition. Whether it is lazy does not affect whether a value matches. */
const countOf = (token = ''): { readonly least: number; readonly most: number } | undefined => {
  const known = COUNTS[token.charAt(0)];
  if (known) return { least: known[0], most: known[1] };
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(token) ?? [];
  if (least === undefined) return undefined;
  const upTo = most ? Number(most) : comma ? Number.POSITIVE_INFINITY : Number(least);
  return { least: Number(least), most: upTo };
};
