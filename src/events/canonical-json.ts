/** A value has no single canonical text. `path` is its place in the document, such as `$.tags[0].value`. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
  readonly path: string;

  constructor(path: string, got: string) {
    super(
      `The value at ${path} is ${got}, which has no canonical form in JSON. Leave it out, or write it as a string.`,
    );
    this.path = path;
  }
}

/** The values that canonical JSON can hold here: the part of JSON that every reader returns unchanged. */
export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/**
 * Writes a value as its only canonical JSON text: no white space, object members sorted by UTF-16 code units,
 * strings escaped as `JSON.stringify` does (RFC 8785, sections 3.2.2 and 3.2.3). There is no Unicode
 * normalisation. Throws a {@link NotCanonicalError} for floats, `-0`, unsafe integers, lone surrogates and
 * `undefined`, which not every reader returns unchanged.
 */
export const canonicalJson = (value: unknown): string => write(value, '$');

/**
 * Whether `text` is the canonical JSON of `value`, which `JSON.parse` returned for it. The faster
 * `JSON.stringify` decides most texts, because it writes members in the order in which they were parsed.
 */
export const isCanonical = (text: string, value: unknown): boolean => {
  const isPlain = JSON.stringify(value) === text && !text.includes('\\ud') && text.isWellFormed();
  return (isPlain && isInOrder(value)) || isWritten(text, value);
};

const isInOrder = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !isInOrder((value as Readonly<Record<string, unknown>>)[key])) return false;
    before = key;
  }
  return true;
};

const isWritten = (text: string, value: unknown): boolean => {
  try {
    return canonicalJson(value) === text;
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
};

const write = (value: unknown, path: string): string => {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotCanonicalError(path, 'a string with a lone surrogate');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        throw new NotCanonicalError(path, `the number ${Object.is(value, -0) ? '-0' : value}`);
      }
      return String(value);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : writeObject(value, path);
    default:
      throw new NotCanonicalError(path, typeof value);
  }
};

const writeObject = (value: object, path: string): string => {
  if (Array.isArray(value)) {
    // Array.from visits the holes of a sparse array as undefined, which `write` refuses.
    return `[${Array.from(value, (item, i) => write(item, `${path}[${i}]`)).join(',')}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonicalError(path, `a ${value.constructor?.name ?? 'foreign'} object`);
  }
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${write(key, path)}:${write(member, `${path}.${key}`)}`);
  return `{${members.join(',')}}`;
};
