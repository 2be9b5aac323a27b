import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { InvalidInputError } from '../events/invalid-input-error.ts';

/** One thing that a file holds, or a place of it that cannot be read. */
export type TrailEntry = {
  readonly file: string;
  /** Where it stands there: `Records[3]` or `line 4`. */
  readonly position: string;
} & ({ readonly value: unknown } | { readonly problem: string; readonly text: string });

/** CloudTrail writes records of at most 256 KB; EventBridge and Lambda take at most 1 MB. */
const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Reads a CloudTrail log file (`{"Records": [...]}`), an array of records, one record or EventBridge envelope, or
 * one of these per line; gzipped or not; `-` is standard input. Throws an `InvalidInputError` when the file
 * cannot be read at all; what is wrong inside it comes as an entry with its position.
 */
export const readTrail = async (file: string): Promise<TrailEntry[]> => {
  const text = await readText(file);
  if (text.trim() === '') return [];
  const whole = parseJson(text);
  if ('value' in whole) return recordsOf(whole.value).map((record) => entryOf(file, record, text));
  const lines = text.split('\n').flatMap((line, i) => (line.trim() ? [{ line, number: i + 1 }] : []));
  if (!looksLikeLines(lines.map(({ line }) => line))) {
    return [{ file, position: 'the whole file', problem: `is not JSON: ${whole.problem}`, text }];
  }
  return lines.flatMap(({ line, number }): TrailEntry[] => {
    const parsed = parseJson(line);
    const position = `line ${number}`;
    if ('problem' in parsed)
      return [{ file, position, problem: `is not JSON: ${parsed.problem}`, text: line }];
    return recordsOf(parsed.value).map(({ position: within, value }) =>
      entryOf(file, { position: within ? `${position}, ${within}` : position, value }, line),
    );
  });
};

const readText = async (file: string): Promise<string> => {
  try {
    const bytes = file === '-' ? await buffer(process.stdin) : await readFile(file);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new InvalidInputError(
      `got ${file}, which cannot be read (${(error as Error).message}): expected a CloudTrail log file, plain or gzipped`,
      { cause: error },
    );
  }
};

interface Located {
  readonly position: string;
  readonly value: unknown;
}

const recordsOf = (value: unknown): Located[] => {
  const at = (name: string) => (item: unknown, i: number) => ({ position: `${name}[${i}]`, value: item });
  if (Array.isArray(value)) return value.map(at(''));
  if (typeof value === 'object' && value !== null && 'Records' in value && Array.isArray(value.Records)) {
    return value.Records.map(at('Records'));
  }
  return [{ position: '', value }];
};

/** `raw` is the text in which the record stands. */
const entryOf = (file: string, { position, value }: Located, raw: string): TrailEntry => {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // JSON.parse takes any depth, JSON.stringify and all that walks through a record do not.
    if (!(error instanceof RangeError)) throw error;
    return { file, position, problem: 'is nested too deeply: CloudTrail writes no such record', text: raw };
  }
  if (text.length <= MAX_RECORD_BYTES) return { file, position, value };
  const problem = `has ${text.length} characters, expected at most ${MAX_RECORD_BYTES}: CloudTrail writes none so long`;
  return { file, position, problem, text };
};

/** Whether one of the first lines is an object of its own, which pretty-printed JSON has nowhere. */
const looksLikeLines = (lines: readonly string[]): boolean =>
  lines.slice(0, 10).some((line) => {
    const parsed = parseJson(line);
    return 'value' in parsed && typeof parsed.value === 'object' && JSON.stringify(parsed.value).length > 2;
  });

const parseJson = (text: string): { value: unknown } | { problem: string } => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
};
