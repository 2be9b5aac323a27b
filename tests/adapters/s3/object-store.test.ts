import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { s3ObjectStore } from '../../../src/adapters/s3/object-store.ts';
import { logObjectHeaders } from '../../../src/sealing/log/object-headers.ts';
import { rejectionOf } from '../../support/async.ts';
import { objectStoreContract } from '../../support/contracts/object-store.ts';
import { fakeS3 } from '../../support/fakes/s3.ts';

objectStoreContract('objects in S3', async () => ({
  store: s3ObjectStore(fakeS3().client, 'bucket', { prefix: 'archive/' }),
}));

const test = suite('objects in S3, beside the contract');

test('they stand below the prefix, and no other is listed', async () => {
  const { client, bucket } = fakeS3();
  bucket.set('other/a', new Uint8Array());
  const store = s3ObjectStore(client, 'bucket', { prefix: 'archive/' });
  await store.put('a', new Uint8Array([1]));
  assert.equal([...bucket.keys()], ['other/a', 'archive/a']);
  const names: string[] = [];
  for await (const name of store.list('')) names.push(name);
  assert.equal(names, ['a']);
});

test('a conditional write that meets another one is tried again, and not for ever', async () => {
  const { client, bucket } = fakeS3({ conflicts: 1 });
  assert.is(await s3ObjectStore(client, 'bucket').create('a', new Uint8Array([1])), true);
  assert.is(bucket.size, 1);
  const busy = s3ObjectStore(fakeS3({ conflicts: 99 }).client, 'bucket').create('a', new Uint8Array());
  assert.is(((await rejectionOf(busy)) as Error).name, 'ConditionalRequestConflict');
});

test('readers of a sealed log over HTTP are told what an object is, and whether it changes', async () => {
  const { client, headers } = fakeS3();
  const store = s3ObjectStore(client, 'bucket', { headersOf: logObjectHeaders });
  await store.put('log0/checkpoint', new Uint8Array([1]));
  for (const name of ['log0/checkpoints/3', 'log0/tile/0/000.p/3', 'log0/tile/entries/000', 'log0/staged/3'])
    await store.create(name, new Uint8Array([1]));
  const [text, bytes] = ['text/plain; charset=utf-8', 'application/octet-stream'];
  const forEver = 'public, max-age=31536000, immutable';
  assert.equal(
    [...headers],
    [
      ['log0/checkpoint', [text, 'no-cache']],
      ['log0/checkpoints/3', [text, forEver]],
      ['log0/tile/0/000.p/3', [bytes, forEver]],
      ['log0/tile/entries/000', [bytes, forEver]],
      ['log0/staged/3', [undefined, undefined]],
    ],
  );
});

test.run();
