import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { replayIntoEc2 } from '../../src/embedded/replay-into-ec2.ts';
import { type SimulatedEc2, simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('witness');

const ID = 'vol-0a1b2c3d4e5f60718';
const VOLUME = { account: '111122223333', region: 'eu-west-1', type: 'volume', id: ID };

const creation = sample('CreateVolume', {
  requestParameters: {
    tagSpecificationSet: { items: [{ resourceType: 'volume', tags: [{ key: 'Name', value: 'db' }] }] },
  },
  responseElements: { volumeId: ID },
});
const change = (eventName: string, tags: readonly object[]) =>
  sample(eventName, {
    requestParameters: { resourcesSet: { items: [{ resourceId: ID }] }, tagSet: { items: tags } },
    responseElements: { _return: true },
  });
const deletion = sample('DeleteVolume', {
  requestParameters: { volumeId: ID },
  responseElements: { _return: true },
});

const after = async (...inputs: readonly unknown[]): Promise<SimulatedEc2> => {
  const ec2 = simulatedEc2({ now: () => 0 });
  for (const input of inputs) await replayIntoEc2(ec2, input, new Set());
  return ec2;
};

const name = { key: 'Name', value: 'db' };
const app = { key: 'App', value: 'shop' };

test('a creation brings the resource with the tags of its birth, also from an EventBridge envelope', async () => {
  assert.equal((await after(creation)).tagsOf(VOLUME), [name]);
  const envelope = { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.ec2', detail: creation };
  assert.equal((await after(envelope)).tagsOf(VOLUME), [name]);
});

test('a copy of an image has the tags of its source, under those of its request', async () => {
  const [source, copy] = ['ami-0a1b2c3d4e5f60718', 'ami-0a1b2c3d4e5f60719'];
  const specified = (...tags: readonly object[]) => ({
    tagSpecificationSet: { items: [{ resourceType: 'image', tags }] },
  });
  const registration = sample('RegisterImage', {
    requestParameters: specified(name, app),
    responseElements: { imageId: source },
  });
  const copied = (copyImageTags: boolean) =>
    sample('CopyImage', {
      requestParameters: {
        sourceImageId: source,
        sourceRegion: 'eu-west-1',
        copyImageTags,
        ...specified({ key: 'App', value: 'till' }),
      },
      responseElements: { imageId: copy },
    });
  const image = { ...VOLUME, type: 'image', id: copy };
  assert.equal((await after(registration, copied(true))).tagsOf(image), [
    { key: 'App', value: 'till' },
    name,
  ]);
  assert.equal((await after(registration, copied(false))).tagsOf(image), [{ key: 'App', value: 'till' }]);
});

test('people set tags and remove them, all of them when they name none', async () => {
  assert.equal((await after(creation, change('CreateTags', [app]))).tagsOf(VOLUME), [app, name]);
  const removed = await after(creation, change('CreateTags', [app]), change('DeleteTags', [{ key: 'Name' }]));
  assert.equal(removed.tagsOf(VOLUME), [app]);
  assert.equal((await after(creation, change('DeleteTags', []))).tagsOf(VOLUME), []);
});

test('an ending takes the resource away for good', async () => {
  assert.is((await after(creation, deletion)).tagsOf(VOLUME), undefined);
  assert.is((await after(creation, deletion, creation)).tagsOf(VOLUME), undefined);
});

test('a restoration from the Recycle Bin brings the resource back with the tags that it had', async () => {
  const restoration = sample('CreateVolume', {
    eventName: 'RestoreVolumeFromRecycleBin',
    requestParameters: { volumeId: ID },
    responseElements: { return: true },
  });
  assert.equal((await after(creation, deletion, restoration)).tagsOf(VOLUME), [name]);
  assert.equal((await after(creation, restoration)).tagsOf(VOLUME), [name]);
  assert.is((await after(deletion, restoration)).tagsOf(VOLUME), undefined);
});

test('the same record again changes nothing', async () => {
  assert.equal((await after(creation, change('CreateTags', [app]), creation)).tagsOf(VOLUME), [app, name]);
});

test('who was never born stays away', async () => {
  const ec2 = simulatedEc2({ now: () => 0 });
  await replayIntoEc2(ec2, creation, new Set([ID]));
  assert.is(ec2.tagsOf(VOLUME), undefined);
  await replayIntoEc2(ec2, change('CreateTags', [app]), new Set([ID]));
  assert.is(ec2.tagsOf(VOLUME), undefined);
});

test('what failed, what is no record, and a change of an unknown resource leave EC2 as it is', async () => {
  const failed = { ...creation, errorCode: 'Client.VolumeLimitExceeded', responseElements: null };
  const direct = { resourceId: ID, user: 'ada' };
  for (const input of [failed, direct, change('CreateTags', [app]), null, 5, 'text', [creation], {}]) {
    assert.is((await after(input)).tagsOf(VOLUME), undefined);
  }
});

test.run();
