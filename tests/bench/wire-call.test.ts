import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { callOf } from '../../bench/wire/wire-call.ts';

const test = suite('which call of AWS came over the wire');

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=peers/20261125/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

test('the JSON protocols name it in a header', () => {
  const headers = { authorization: signed('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.PutItem' };
  assert.is(callOf({ headers, url: '/' }, Buffer.from('{}')).name, 'dynamodb:PutItem');
});

test('the query protocols name it in a field of the form', () => {
  const body = Buffer.from('Action=CreateTags&Version=2016-11-15&ResourceId.1=i-1');
  assert.is(callOf({ headers: { authorization: signed('ec2') }, url: '/' }, body).name, 'ec2:CreateTags');
});

test('Smithy RPC names it at the end of the path', () => {
  const url = '/service/GraniteServiceVersion20100801/operation/PutMetricData';
  const call = callOf({ headers: { authorization: signed('monitoring') }, url }, Buffer.from([0xa1]));
  assert.is(call.name, 'monitoring:PutMetricData');
});

test('what is not signed, or names nothing, is counted all the same', () => {
  assert.is(callOf({ headers: {}, url: '/' }, Buffer.alloc(0)).name, 'unsigned:unknown');
});

test.run();
