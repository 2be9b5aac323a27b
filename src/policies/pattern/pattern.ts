import { property, withProperties } from './character.ts';
import { machineOf, sizeOf } from './machine.ts';
import { flagsProblem, type Syntax, syntaxOf, UnreadPatternError } from './syntax.ts';

/** A compiled pattern, or why it cannot be used, as the end of a sentence. */
export type ReadPattern =
  | { readonly pattern: string; readonly matches: (value: string) => boolean }
  | { readonly pattern: string; readonly refused: string };

/**
 * The longest pattern in characters, before and after its counts are written out. Tag values have at most
 * 256.
 */
const LONGEST = 1_000;

/**
 * Reads a regular expression for the whole value of a tag. It is JavaScript's syntax with the `u` flag,
 * without lookaround and backreferences, which cannot be matched in time proportional to the value. Every
 * pattern is read or refused at once, and none is matched by an engine that backtracks.
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
    // Compiled only to check the syntax, never matched. For the syntax a property is the same as a `\d`.
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

/** Caches recent answers, because the values of a tag repeat across a fleet. */
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
