import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { s3ObjectStore } from '../../../src/adapters/s3/object-store.ts';
import { rejectionOf } from '../../support/async.ts';
import { objectStoreContract } from '../../support/contracts/object-store.ts';
import { fakeS3 } from '../../support/fakes/s3.ts';

objectStoreContract('objects in S3', async () => ({
  store: s3ObjectStore(fakeS3().client, 'bucket', 'archive/'),
}));

const test = suite('objects in S3, beside the contract');

test('they stand below the prefix, and no other is listed', async () => {
  const { client, bucket } = fakeS3();
  bucket.set('other/a', new Uint8Array());
  const store = s3ObjectStore(client, 'bucket', 'archive/');
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

test.run();
