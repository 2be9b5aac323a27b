import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filePseudonymizer, kmsPseudonymizer } from '../../../src/adapters/kms/pseudonymizer.ts';
import { pseudonyms } from '../../../src/cloudtrail/identity/pseudonymize.ts';
import { temporaryFolder } from '../../support/cli/command-line.ts';
import { GONE } from '../../support/doubles.ts';
import { ADA } from '../../support/events.ts';

const test = suite('the key of the pseudonyms');
const folder = temporaryFolder(test);
const MAC = Buffer.alloc(32, 5);

const kmsThat = (answers: readonly (Error | { Mac?: Uint8Array })[]) => {
  const asked: unknown[] = [];
  const send = async ({ input }: GenerateMacCommand) => {
    asked.push(input);
    const answer = answers[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, kms: { send } as unknown as Pick<KMSClient, 'send'> };
};

test('KMS is asked once in a process, for the HMAC of one text, and again when it could not answer', async () => {
  const { asked, kms } = kmsThat([GONE, { Mac: MAC }]);
  const open = kmsPseudonymizer(kms, 'key');
  assert.is(await open().catch((error: unknown) => error), GONE);
  const [one, other] = await Promise.all([open(), open()]);
  assert.equal(one(ADA), pseudonyms(MAC)(ADA));
  assert.is(one, other);
  assert.is(asked.length, 2);
  assert.equal(asked[1], {
    KeyId: 'key',
    MacAlgorithm: 'HMAC_SHA_256',
    Message: Buffer.from('tagledger/identity-key/v1'),
  });
});

test('an answer of KMS without an HMAC is none', async () => {
  const error: unknown = await kmsPseudonymizer(kmsThat([{}]).kms, 'key')().catch(
    (thrown: unknown) => thrown,
  );
  assert.match((error as Error).message, 'KMS gave no HMAC of 32 bytes by the key key');
});

test('a key file is made with its first use, for its owner alone, and used from then on', async () => {
  const file = join(folder, 'ledger', 'identity.key');
  const first = (await filePseudonymizer(file)())(ADA);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.equal((await filePseudonymizer(file)())(ADA), first);
  assert.equal(pseudonyms(Buffer.from(readFileSync(file, 'utf8'), 'base64url'))(ADA), first);
  rmSync(file);
  assert.not.equal((await filePseudonymizer(file)())(ADA), first);
});

test('a damaged key file is refused', async () => {
  const file = join(folder, 'damaged.key');
  writeFileSync(file, 'c2hvcnQ');
  const error: unknown = await filePseudonymizer(file)().catch((thrown: unknown) => thrown);
  assert.match((error as Error).message, 'has 5 bytes in place of 32. Restore it from a backup.');
});

test.run();
