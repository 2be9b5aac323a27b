/**
 * What is wrong with a regular expression for a tag's value, as the end of a sentence; undefined for one that can be
 * used. Refused, beside what does not compile, is what may take for ever on a value that does not match: a group that
 * is repeated and itself repeats or chooses, as `(a+)+` does.
 */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    wholly(pattern);
  } catch (error) {
    return `is not a regular expression (${(error as Error).message.split(': ').at(-1)}): write one as in JavaScript, with backslashes doubled in JSON`;
  }
  return explodes(pattern)
    ? 'repeats a group that itself repeats or chooses, which may take for ever: write the repetition out, or use "values"'
    : undefined;
};

/** The expression for a value as a whole. Throws a `SyntaxError`. */
export const wholly = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/** Escapes and classes are one character each here; what is left are groups, choices and repetitions. */
const explodes = (pattern: string): boolean => {
  const bare = pattern
    .replace(/\\[pPu]\{[^}]*\}|\\./gu, 'x')
    .replace(/\[[^\]]*\]/gu, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/gu, '(');
  const open: boolean[] = [];
  for (let i = 0; i < bare.length; i++) {
    const [char = '', next = ''] = bare.slice(i, i + 2);
    if (char === '(') open.push(false);
    else if (char === ')') {
      const varies = open.pop() === true;
      const repeated = '*+{'.includes(next) && next !== '';
      if (varies && repeated) return true;
      if (varies || repeated) mark(open);
    } else if ('*+?{|'.includes(char)) mark(open);
  }
  return false;
};

/** What varies inside a group varies inside the ones around it, too. */
const mark = (open: boolean[]): void => {
  if (open.length > 0) open[open.length - 1] = true;
};
