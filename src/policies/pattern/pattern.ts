import { property, withProperties } from './character.ts';
import { machineOf, sizeOf } from './machine.ts';
import { flagsProblem, type Syntax, syntaxOf, UnreadPatternError } from './syntax.ts';

/** A pattern as it can be asked, or why it cannot be used, as the end of a sentence. */
export type ReadPattern =
  | { readonly pattern: string; readonly matches: (value: string) => boolean }
  | { readonly pattern: string; readonly refused: string };

/** The longest pattern, in characters, also when its counts are written out. No tag's value has more than 256. */
const LONGEST = 1_000;

/**
 * Reads a regular expression for a tag's value as a whole: JavaScript's, with the `u` flag, but for lookaround and
 * backreferences, which cannot be matched in time that is in proportion to the value. Whatever is given, it is read or
 * refused at once, and never given to an engine that backtracks.
 */
export const readPattern = (pattern: string): ReadPattern => {
  const read = parse(pattern);
  return 'refused' in read
    ? { pattern, refused: read.refused }
    : { pattern, matches: remembered(machineOf(read.syntax)) };
};

const parse = (pattern: string): { readonly syntax: Syntax } | { readonly refused: string } => {
  if (pattern.length > LONGEST) {
    return {
      refused: `is ${pattern.length} characters long: write it with at most ${LONGEST}, or use "values"`,
    };
  }
  try {
    // Made and thrown away: making it checks the syntax and matches nothing. To the syntax a property is as a `\d`.
    const syntax = withProperties(pattern, (text) => {
      property(text);
      return '\\d';
    });
    new RegExp(syntax, 'u');
  } catch (error) {
    const why = (error as Error).message.split(': ').at(-1);
    return {
      refused:
        flagsProblem(pattern) ??
        `is not a regular expression (${why}): write one as in JavaScript, with backslashes doubled in JSON`,
    };
  }
  try {
    const syntax = syntaxOf(pattern);
    return sizeOf(syntax) > LONGEST
      ? {
          refused: `is longer than ${LONGEST} characters when its counts are written out: use smaller counts, or "*" or "+"`,
        }
      : { syntax };
  } catch (error) {
    if (!(error instanceof UnreadPatternError)) throw error;
    return { refused: error.message };
  }
};

const REMEMBERED = 1_000;

/** The values of a tag repeat all over a fleet, so the latest answers are kept. */
const remembered = (matches: (value: string) => boolean): ((value: string) => boolean) => {
  const answers = new Map<string, boolean>();
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined) return known;
    if (answers.size === REMEMBERED) answers.clear();
    const answer = matches(value);
    answers.set(value, answer);
    return answer;
  };
};
