import { InvalidInputError } from '../../shared/errors.ts';

/** A pattern of paths, such as `AWSLogs/*\/CloudTrail/eu-*\/**\/*.json.gz`. */
export interface Glob {
  /** The folder before the first part with a wildcard; empty for the current folder, `/` for the root. */
  readonly base: string;
  /** The match of the base. */
  readonly start: PathMatch;
}

/** How far a path matches a pattern. */
export interface PathMatch {
  /** Whether the path matches. */
  readonly isMet: boolean;
  /** Whether a path below it can match. */
  readonly isOpen: boolean;
  /** The match of the path with one more part. */
  step(name: string): PathMatch;
}

/** What is left of each pattern for the rest of a path. */
type Places = readonly Place[];

/** The next part of a pattern and what follows it; nothing at its end. */
type Place = { readonly part: Part; readonly next: Place } | typeof END;

/** One part of a path: any number of parts, or one of which this is true. */
type Part = '**' | ((name: string) => boolean);

const END = { part: undefined, next: undefined } as const;

const WILDCARD = /[*?[{]/;

/** So many patterns are made from braces at most, because each pair of braces multiplies them. */
const MOST_PATTERNS = 1000;

/**
 * Reads a pattern; undefined for a text without wildcards. In a part of a path, `*` stands for any characters, `?` for
 * one, `[a-c]` for one of these and `[!a-c]` for one of the others; the part `**` stands for any number of
 * parts; `{a,b}` for both, one after the other. Like in a shell, no wildcard stands for a dot at the beginning of a part. Throws an
 * `InvalidInputError` for braces that make too many patterns.
 */
export const parseGlob = (text: string): Glob | undefined => {
  if (!WILDCARD.test(text)) return undefined;
  const parts = text.split('/');
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => WILDCARD.test(part)),
  );
  const rest = parts.slice(fixed.length).join('/');
  const base = fixed.length === 1 && fixed[0] === '' ? '/' : fixed.join('/');
  const patterns = alternatives(rest).map((one) => one.split('/').filter(Boolean));
  return { base, start: matchAt(patterns.map(placeOf).flatMap(reached)) };
};

const matchAt = (places: Places): PathMatch => ({
  isMet: places.includes(END),
  isOpen: places.some((place) => place !== END),
  step: (name) => matchAt([...new Set(places.flatMap((place) => placesAfter(place, name)))]),
});

const placesAfter = (place: Place, name: string): Places => {
  const { part, next } = place;
  if (part === undefined) return [];
  if (part === '**') return name.startsWith('.') ? [] : [place, ...reached(next)];
  return part(name) ? reached(next) : [];
};

/** A place, and those behind it if its part can also stand for no part. At the end of a pattern it cannot. */
const reached = (place: Place): Places =>
  place.part === '**' && place.next !== END ? [place, ...reached(place.next)] : [place];

const placeOf = (parts: readonly string[]): Place =>
  parts.reduceRight<Place>((next, text) => ({ part: text === '**' ? text : partOf(text), next }), END);

/** Any characters, or one of which this is true. */
type Sign = '*' | ((character: string) => boolean);

const partOf = (text: string): ((name: string) => boolean) => {
  const signs = signsIn([...text]);
  const canHide = !/^[*?[]/.test(text);
  return (name) => (canHide || !name.startsWith('.')) && matches(signs, [...name]);
};

const signsIn = (text: readonly string[]): readonly Sign[] => {
  const signs: Sign[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    // A bracket that closes at once is a member.
    const from = at + (text[at + 1] === '!' || text[at + 1] === '^' ? 2 : 1);
    const end = character === '[' ? text.indexOf(']', from + 1) : -1;
    if (end >= 0) {
      signs.push(oneOf(text.slice(from, end), from === at + 1));
      at = end;
    } else if (character === '*') signs.push('*');
    else signs.push((other) => character === '?' || other === character);
  }
  return signs;
};

/** Whether a character is among the members of brackets, or is not. */
const oneOf = (members: readonly string[], isWanted: boolean): ((character: string) => boolean) => {
  const ranges: (readonly [first: string, last: string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at] as string;
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([first, last ?? first]);
    if (last !== undefined) at += 2;
  }
  return (character) => ranges.some(([first, last]) => first <= character && character <= last) === isWanted;
};

/** Goes back to the last asterisk only, so that the time grows with the product of both lengths at most. */
const matches = (signs: readonly Sign[], name: readonly string[]): boolean => {
  let [sign, at] = [0, 0];
  let [star, behind] = [-1, 0];
  while (at < name.length) {
    const one = signs[sign];
    if (one === '*') {
      [star, behind] = [sign, at];
      sign += 1;
    } else if (one?.(name[at] as string)) {
      sign += 1;
      at += 1;
    } else if (star < 0) return false;
    else {
      behind += 1;
      [sign, at] = [star + 1, behind];
    }
  }
  return signs.slice(sign).every((rest) => rest === '*');
};

/** A text with every pair of braces replaced by each of its alternatives. */
const alternatives = (text: string): readonly string[] => {
  let open = [text];
  const done: string[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // The innermost braces come first, so that what is in them has none.
    const [braces, inner = ''] = /\{([^{}]*,[^{}]*)\}/.exec(next) ?? [];
    if (braces === undefined) done.push(next);
    else {
      const [before, after] = splitAt(next, braces);
      open = [
        ...open,
        ...inner
          .split(',')
          .map((one) => `${before}${one}${after}`)
          .reverse(),
      ];
    }
    if (open.length + done.length > MOST_PATTERNS)
      throw new InvalidInputError(
        `The pattern ${text} stands for more than ${MOST_PATTERNS} others. Write it with fewer braces.`,
      );
  }
  return done;
};

const splitAt = (text: string, middle: string): [before: string, after: string] => {
  const at = text.indexOf(middle);
  return [text.slice(0, at), text.slice(at + middle.length)];
};
