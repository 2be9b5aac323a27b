import * as v from 'valibot';

/** A rejection by the service. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** The name of the error in DynamoDB's API reference. */
  readonly type: string;
  /** The item that was there when a condition failed. */
  readonly item: Item | undefined;

  constructor(type: string, message: string, item?: Item) {
    super(message);
    this.type = type;
    this.item = item;
  }
}

/** Rejects what DynamoDB rejects, and what the fake does not know. */
export const invalid = (message: string): RefusedError => new RefusedError('ValidationException', message);

/** A value of a type that the product stores: text, a whole number of up to 38 digits, bytes in base64. */
export const ValueSchema = v.union([
  v.strictObject({ S: v.string() }),
  v.strictObject({ N: v.pipe(v.string(), v.regex(/^(?:0|-?[1-9]\d{0,37})$/)) }),
  v.strictObject({ B: v.pipe(v.string(), v.base64()) }),
]);

type Value = v.InferOutput<typeof ValueSchema>;

/** An item or a key as JSON. */
export type Item = Readonly<Record<string, Value>>;

/**
 * Below 0 where `a` comes before `b`: texts by their UTF-8 bytes, numbers by their value. NaN, for which no
 * comparison holds, where a value is missing or the types differ.
 */
export const compareValues = (a: Value | undefined, b: Value | undefined): number => {
  if (!a || !b) return Number.NaN;
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if ('N' in a && 'N' in b) return Number(BigInt(a.N) - BigInt(b.N));
  if ('B' in a && 'B' in b) throw invalid('the fake does not compare bytes');
  return Number.NaN;
};

/** What is asked of one attribute. */
interface Term {
  readonly attribute: string;
  readonly operator: string;
  readonly operands: readonly Value[];
}

/** One of the conjunctions must hold, with all of its terms. */
export type Expression = readonly (readonly Term[])[];

/** An expression, and what its placeholders stand for. */
interface Source {
  readonly text: string | undefined;
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: Item | undefined;
}

const NAME = /#?\w+/.source;
const TERM = new RegExp(
  [
    `(?<check>attribute_(?:not_)?exists)\\((?<checked>${NAME})\\)`,
    `(?<compared>${NAME}) (?<comparator>=|<=?) (?<value>:\\w+)`,
    `(?<bounded>${NAME}) BETWEEN (?<from>:\\w+) AND (?<to>:\\w+)`,
  ].join('|'),
  'y',
);
const CONNECTIVE = / (AND|OR) /y;

/**
 * Parses an expression: `attribute_exists`, `attribute_not_exists`, `=`, `<`, `<=` and `BETWEEN`, connected by `AND`
 * and `OR`, without parentheses. Everything else is refused, and so are placeholders that are undefined or unused.
 * DynamoDB's reserved words are not known.
 */
export const parseExpression = ({ text, names = {}, values = {} }: Source): Expression | undefined => {
  const unused = new Set([...Object.keys(names), ...Object.keys(values)]);
  const defined = <T>(known: Readonly<Record<string, T>>, placeholder: string): T => {
    const found = known[placeholder];
    if (found === undefined) throw invalid(`the expression uses ${placeholder}, which is not defined`);
    unused.delete(placeholder);
    return found;
  };
  const parsed = text === undefined ? undefined : conjunctionsIn(text).map((terms) => terms.map(toTerm));
  if (unused.size > 0) throw invalid(`no expression uses ${[...unused].join(', ')}`);
  return parsed;

  function toTerm(found: Groups): Term {
    const name = found.checked ?? found.compared ?? found.bounded ?? '';
    return {
      attribute: name.startsWith('#') ? defined(names, name) : name,
      operator: found.check ?? found.comparator ?? 'BETWEEN',
      operands: [found.value, found.from, found.to].flatMap((one) => (one ? [defined(values, one)] : [])),
    };
  }
};

type Groups = Readonly<Partial<Record<string, string>>>;

/** The terms of an expression. `AND` binds more tightly than `OR`. */
const conjunctionsIn = (text: string): Groups[][] => {
  const conjunctions: Groups[][] = [[]];
  let position = 0;
  const next = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (!found) throw invalid(`the fake does not know the expression ${text}`);
    position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    conjunctions.at(-1)?.push(next(TERM).groups ?? {});
    if (position === text.length) return conjunctions;
    if (next(CONNECTIVE)[1] === 'OR') conjunctions.push([]);
  }
};

/** Whether an expression holds for an item; `{}` stands for one that does not exist. */
export const holds = (expression: Expression, item: Item): boolean =>
  expression.some((terms) => terms.every((term) => isTrue(term, item[term.attribute])));

const isTrue = ({ operator, operands: [first, last] }: Term, value: Value | undefined): boolean => {
  switch (operator) {
    case 'attribute_exists':
      return value !== undefined;
    case 'attribute_not_exists':
      return value === undefined;
    case '=':
      return compareValues(value, first) === 0;
    case '<':
      return compareValues(value, first) < 0;
    case '<=':
      return compareValues(value, first) <= 0;
    case 'BETWEEN':
      return compareValues(first, value) <= 0 && compareValues(value, last) <= 0;
    default:
      throw invalid(`the fake does not know ${operator}`);
  }
};
