import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSigner } from '../../src/adapters/folder/signer.ts';
import { kmsSigner } from '../../src/adapters/kms/signer.ts';
import { signCheckpoint } from '../../src/sealing/log/signer.ts';
import { checkCheckpoint } from '../../src/verifier/checkpoint.ts';
import { leafHash } from '../../src/verifier/merkle.ts';
import { rejectionOf } from '../support/async.ts';
import { signerOf } from '../support/sealing/world.ts';

const test = suite('signers');

const CHECKPOINT = { origin: 'example.com/log', size: 5, root: leafHash(Buffer.from('x')) };
const KEY_ID = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test('a signed checkpoint is believed, with its time', async () => {
  const note = await signCheckpoint(signerOf(3), CHECKPOINT, 1_775_044_800);
  const key = { name: CHECKPOINT.origin, publicKey: await signerOf(3).publicKey() };
  assert.equal(checkCheckpoint(note, [key]), { ...CHECKPOINT, signedAt: 1_775_044_800 });
});

test('a key file is made once, for its owner alone, and signs the same ever after', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-key-'));
  try {
    const file = join(folder, 'made', 'seal.key');
    const first = await fileSigner(file);
    const bytes = readFileSync(file);
    assert.is(statSync(file).mode & 0o777, 0o600);
    const again = await fileSigner(file);
    assert.equal(await again.publicKey(), await first.publicKey());
    assert.equal(await again.sign(Buffer.from('x')), await first.sign(Buffer.from('x')));
    assert.equal(readFileSync(file), bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** KMS with one key; as many of its first answers fail as `failing` says. */
const kms = (KeySpec = 'ECC_NIST_EDWARDS25519', failing = 0) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const client = new KMSClient({ region: 'eu-west-1' });
  const mock = mockClient(client);
  let left = failing;
  mock.on(GetPublicKeyCommand).callsFake(() => {
    if (left-- > 0) throw new Error('throttled');
    return { PublicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }), KeySpec };
  });
  mock.on(SignCommand).callsFake(({ Message }) => ({ Signature: sign(null, Message, privateKey) }));
  return { client, mock };
};

test('KMS signs the raw message with Ed25519, and is asked for its public key once', async () => {
  const { client, mock } = kms();
  const signer = kmsSigner(client, KEY_ID);
  const note = await signCheckpoint(signer, CHECKPOINT, 1_775_044_800);
  const key = { name: CHECKPOINT.origin, publicKey: await signer.publicKey() };
  assert.is(checkCheckpoint(note, [key]).signedAt, 1_775_044_800);
  assert.is(mock.commandCalls(GetPublicKeyCommand).length, 1);
  for (const { args } of mock.commandCalls(SignCommand)) {
    const { Message, ...input } = args[0].input;
    assert.equal(input, { KeyId: KEY_ID, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' });
    assert.ok((Message?.length ?? 0) <= 4_096);
  }
});

test('a key of KMS of another kind is refused, and a failure is not remembered', async () => {
  const refused = await rejectionOf(kmsSigner(kms('ECC_NIST_P256').client, KEY_ID).publicKey());
  assert.match(String(refused), 'of the spec ECC_NIST_P256, and the log needs ECC_NIST_EDWARDS25519.');
  const signer = kmsSigner(kms(undefined, 1).client, KEY_ID);
  assert.match(String(await rejectionOf(signer.publicKey())), 'throttled');
  assert.is((await signer.publicKey()).length, 32);
});

test.run();
