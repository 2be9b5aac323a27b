import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { omissionIn } from '../../../src/cloudtrail/body/omission.ts';
import { type Meaning, meaningOf } from '../../../src/cloudtrail/meaning.ts';
import { parseRecord } from '../../../src/cloudtrail/record.ts';
import { sample } from '../../support/cloudtrail/samples.ts';

const test = suite('what CloudTrail left out');

type Over = Readonly<Record<string, unknown>>;
const meaning = (eventName: string, over: Over): Meaning => meaningOf(parseRecord(sample(eventName, over)));
const omission = (over: Over) => omissionIn(parseRecord(sample('RunInstances', over)));
const reasonOf = (found: Meaning): string => {
  assert.is(found.kind === 'nothing' && found.code, 'omitted');
  return found.kind === 'nothing' ? found.reason : '';
};

const CUT = { omitted: true };
const launched = { instancesSet: { items: [{ instanceId: 'i-0a1b' }] } };
const named = { resourcesSet: { items: [{ resourceId: 'i-0a1b' }] } };
const ended = { instancesSet: { items: [{ instanceId: 'i-0a1b' }, { instanceId: 'i-0a1c' }] } };

test('a record that is whole has no omission', () => {
  for (const body of [null, '', {}, launched, { omitted: false }]) {
    assert.is(omission({ requestParameters: body, responseElements: body }), undefined);
  }
});

test('a cut body is seen as it stands, in its wrapper and in a list’s object', () => {
  for (const body of [CUT, { omitted: 'true' }, { RunInstancesResponse: CUT }, { instancesSet: CUT }]) {
    assert.match(
      omission({ responseElements: body })?.reason ?? '',
      /left out responseElements of RunInstances/,
    );
  }
});

test('what callers wrote does not look like an omission', () => {
  const tags = { items: [{ key: 'omitted', value: 'true' }, { omitted: true }] };
  assert.is(omission({ requestParameters: { tagSpecificationSet: { items: [{ tags }] } } }), undefined);
});

test('a launch without its response is a gap that says how to find its instances', () => {
  const requestParameters = {
    clientToken: '5f1c2f7e-9d8b',
    instancesSet: { items: [{ imageId: 'ami-0a1b' }] },
  };
  const responseElements = { ...CUT, reservationId: 'r-0a1b' };
  assert.is(
    reasonOf(meaning('RunInstances', { requestParameters, responseElements })),
    'CloudTrail left out responseElements of RunInstances, which was over its size limit (client token 5f1c2f7e-9d8b, reservation r-0a1b)',
  );
});

test('a token that is no token stays out of the reason', () => {
  for (const clientToken of ['two words', 'x'.repeat(65), 'a\nb', 7, '']) {
    assert.not.match(
      reasonOf(meaning('RunInstances', { requestParameters: { clientToken }, responseElements: CUT })),
      /token/,
    );
  }
});

test('half a response is not half a launch: the whole of it is the gap', () => {
  reasonOf(meaning('RunInstances', { responseElements: { ...launched, ...CUT } }));
});

test('a launch without its request is a gap: which tags it was born with is not known', () => {
  reasonOf(meaning('RunInstances', { requestParameters: CUT, responseElements: launched }));
});

test('an ending counts where its ids are whole', () => {
  const found = meaning('TerminateInstances', { requestParameters: ended, responseElements: CUT });
  assert.equal(found.kind === 'ending' && found.resources.map(({ id }) => id), ['i-0a1b', 'i-0a1c']);
  reasonOf(meaning('TerminateInstances', { requestParameters: { ...ended, ...CUT }, responseElements: CUT }));
});

test('a tag change without its request is a gap, and never the removal of all tags', () => {
  for (const operation of ['CreateTags', 'DeleteTags']) {
    reasonOf(meaning(operation, { requestParameters: CUT }));
    reasonOf(meaning(operation, { requestParameters: { ...named, ...CUT } }));
    reasonOf(meaning(operation, { requestParameters: { ...named, tagSet: CUT } }));
  }
  assert.is(meaning('DeleteTags', { requestParameters: named }).kind, 'tag-change');
  reasonOf(meaning('DeleteTags', { requestParameters: named, ...CUT }));
});

test('a mark on the record itself only explains what is missing', () => {
  assert.match(reasonOf(meaning('RunInstances', CUT)), /left out a part of RunInstances/);
  assert.is(meaning('RunInstances', { ...CUT, responseElements: launched }).kind, 'creation');
});

test('a failed call, and a read, stay what they are', () => {
  const code = (found: Meaning) => found.kind === 'nothing' && found.code;
  assert.is(code(meaning('RunInstances', { responseElements: CUT, errorCode: 'Client.X' })), 'failed-call');
  assert.is(code(meaning('DescribeInstances', { requestParameters: CUT })), 'not-a-change');
});

test.run();
