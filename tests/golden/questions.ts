import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { run } from '../support/cli/command-line.ts';
import { assertSameFacts } from './compare-answers.ts';

/** The path of a file that version 0.1.0 wrote. */
export const golden = (name: string): string => fileURLToPath(new URL(`v0.1.0/${name}`, import.meta.url));

/** The questions that version 0.1.0 answered from its ledger, each with the file that holds the answer. */
export const QUESTIONS = [
  {
    file: 'compliance.json',
    args: [
      'compliance',
      ...['--policy', golden('required-tags.json')],
      ...['--as-of', '2026-03-31', '--known-at', '2026-04-02'],
    ],
  },
  { file: 'history.json', args: ['history', 'i-031f7fc5ee54c269b'] },
] as const;

/** Asks a ledger one of the {@link QUESTIONS}, and throws where the answer has other facts than it had. */
export const assertSameAnswer = async (
  { file, args }: (typeof QUESTIONS)[number],
  ledger: string,
): Promise<void> => {
  const { code, out, said } = await run([...args, '--ledger', ledger, '--format', 'json']);
  assert.is(code, 0, said);
  assertSameFacts(file, JSON.parse(readFileSync(golden(file), 'utf8')), JSON.parse(out));
};

/** What `verify` says of a ledger of version 0.1.0: all events are whole, and all are in the sealed log. */
export const assertVerified = async (ledger: string, ...args: readonly string[]): Promise<void> => {
  const { code, out, said } = await run(['verify', '--ledger', ledger, '--format', 'json', ...args]);
  assert.is(code, 0, said);
  const { integrity, sealed } = JSON.parse(out);
  assert.equal([integrity.events, integrity.findings], [530, 0]);
  assert.equal([sealed.sealed, sealed.unsealed, sealed.findings], [530, 0, 0]);
};
