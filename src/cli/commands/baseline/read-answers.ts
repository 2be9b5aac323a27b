import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type AnswerPlace, type PlacedAnswer, placeOfAnswer } from '../../../baseline/compose-baseline.ts';
import { readDescribeAnswer } from '../../../baseline/describe-answer.ts';
import { InvalidInputError } from '../../../shared/errors.ts';
import { WrongUsageError } from '../../errors.ts';
import { jsonDocuments } from './json-documents.ts';

/** What is said of the files on the command line. */
export interface FilesGiven extends Partial<AnswerPlace> {
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

/**
 * Reads what the AWS CLI wrote. Throws an `InvalidInputError` for a file that cannot be read or is no JSON, and a
 * `WrongUsageError` for one whose account or Region nothing tells.
 */
export const readAnswers = async (
  files: readonly string[],
  { at, ...given }: FilesGiven,
): Promise<PlacedAnswer[]> => {
  const answers: PlacedAnswer[] = [];
  for (const file of files)
    for (const document of documentsOf(file, await bytesOf(file))) {
      const answer = readDescribeAnswer(document);
      const shows = answer.described.length + answer.tagged.length + answer.types.length > 0;
      const { account, region } = placeOfAnswer(answer, given);
      // Where nothing is shown, the place does not matter.
      if (shows && (account === undefined || region === undefined))
        throw placeless(file, { account, region });
      answers.push({ answer, at, account: account ?? '', region: region ?? '' });
    }
  return answers;
};

/** When each file was last written, which is a hint only: a copy is younger than what it holds. */
export const writtenText = async (files: readonly string[]): Promise<string> => {
  const [file] = files.filter((one) => one !== '-');
  if (file === undefined) return '';
  try {
    return ` (${file} was last written at ${(await stat(file)).mtime.toISOString()}, which is too late if it is a copy)`;
  } catch {
    return ''; // Whoever reads the file says what is wrong with it.
  }
};

const placeless = (file: string, { account, region }: ReturnType<typeof placeOfAnswer>): WrongUsageError => {
  const missing = [
    ...(account === undefined ? [['account', '--account ID'] as const] : []),
    ...(region === undefined ? [['Region', '--region NAME'] as const] : []),
  ];
  const [what, options] = [0, 1].map((i) => missing.map((one) => one[i]).join(' and '));
  return new WrongUsageError(
    `${file} does not tell the ${what} that it is from. Pass ${options}; files of several places take a run for each.`,
  );
};

const bytesOf = async (file: string): Promise<Buffer> => {
  try {
    if (file !== '-') return await readFile(file);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    throw unreadable(file, (error as Error).message, error);
  }
};

const documentsOf = (file: string, bytes: Buffer): readonly unknown[] => {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return jsonDocuments((isGzip ? gunzipSync(bytes) : bytes).toString());
  } catch (error) {
    throw unreadable(file, (error as Error).message, error);
  }
};

const unreadable = (file: string, why: string, cause: unknown): InvalidInputError =>
  new InvalidInputError(
    `${file} cannot be read (${why}). Name a file that \`aws ec2 describe-* --output json\` wrote, plain or gzipped.`,
    { cause },
  );
