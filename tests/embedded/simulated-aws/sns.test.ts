import {
  InvalidParameterException,
  ListTopicsCommand,
  NotFoundException,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  PublishCommand,
  type PublishCommandInput,
  SNSServiceException,
} from '@aws-sdk/client-sns';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulatedSns } from '../../../src/embedded/simulated-aws/sns.ts';

const test = suite('simulated SNS');

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

const publishTo = (sns: ReturnType<typeof simulatedSns>, input: Partial<PublishCommandInput>) =>
  sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'm', ...input }));

const problemOf = async (input: Partial<PublishCommandInput>): Promise<string> => {
  const sns = simulatedSns();
  const error = await publishTo(sns, input).catch((thrown: unknown) => thrown);
  if (!(error instanceof SNSServiceException)) return 'accepted';
  assert.instance(error, InvalidParameterException);
  assert.is(error.name, 'InvalidParameterException');
  assert.is(Reflect.get(error, 'Code'), 'InvalidParameter');
  assert.is(error.$metadata.httpStatusCode, 400);
  assert.type(error.$metadata.requestId, 'string');
  assert.is(sns.messages.length, 0);
  return error.message;
};

test('a message that was published can be read back', async () => {
  const sns = simulatedSns();
  const reply = await publishTo(sns, { Subject: '3 tags failed', Message: 'Größe' });
  assert.is(reply.$metadata.httpStatusCode, 200);
  assert.equal(sns.messages, [
    { topicArn: TOPIC, subject: '3 tags failed', message: 'Größe', messageId: reply.MessageId },
  ]);
});

test('every message has its own id', async () => {
  const sns = simulatedSns();
  assert.is.not((await publishTo(sns, {})).MessageId, (await publishTo(sns, {})).MessageId);
});

for (const [what, Subject, result] of [
  ['of 100 characters', 's'.repeat(100), 'accepted'],
  ['of 101 characters', 's'.repeat(101), 'Invalid parameter: Subject'],
  ['of no characters', '', 'Invalid parameter: Subject'],
  ['with a line break', 'a\nb', 'Invalid parameter: Subject'],
  ['with a line break at its end', 'a\n', 'Invalid parameter: Subject'],
  ['with a tab', 'a\tb', 'Invalid parameter: Subject'],
  ['with an umlaut', 'Größe', 'Invalid parameter: Subject'],
  ['with a space in front', ' a', 'Invalid parameter: Subject'],
  ['of punctuation', '[tagledger] ~!', 'accepted'],
  ['that is not there', undefined, 'accepted'],
] as const) {
  test(`a subject ${what}: ${result}`, async () => {
    assert.is(await problemOf({ Subject }), result);
  });
}

test('a message may have 256 KiB of UTF-8, attributes included, and not be empty', async () => {
  const full = 'ü'.repeat(128 * 1024);
  assert.is(await problemOf({ Message: full }), 'accepted');
  assert.is(await problemOf({ Message: `${full}.` }), 'Invalid parameter: Message too long');
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'b' } };
  assert.is(await problemOf({ Message: full, MessageAttributes }), 'Invalid parameter: Message too long');
  assert.is(await problemOf({ Message: '' }), 'Invalid parameter: Empty message');
});

test('a call without a topic, or with something that is not a topic, is refused', async () => {
  assert.match(await problemOf({ TopicArn: undefined }), 'TopicArn or TargetArn');
  assert.is(await problemOf({ TopicArn: 'tagledger-alerts' }), 'Invalid parameter: TopicArn');
});

test('a topic that does not exist is not found, one that does is', async () => {
  const sns = simulatedSns({ topics: [TOPIC] });
  await publishTo(sns, {});
  const error = await publishTo(sns, { TopicArn: `${TOPIC}-2` }).catch((thrown: unknown) => thrown);
  assert.instance(error, NotFoundException);
  assert.is(Reflect.get(error as Error, 'Code'), 'NotFound');
  assert.is(sns.messages.length, 1);
});

test('a lost request publishes nothing, a lost reply leaves the message published', async () => {
  const lost = () => new Error('socket hang up');
  for (const [options, count] of [
    [{ fault: lost }, 0],
    [{ loseReply: lost }, 1],
  ] as const) {
    const sns = simulatedSns(options);
    const error = await publishTo(sns, {}).catch((thrown: unknown) => thrown);
    assert.is((error as Error).message, 'socket hang up');
    assert.is(sns.messages.length, count);
  }
});

const batchTo = (sns: ReturnType<typeof simulatedSns>, entries: PublishBatchRequestEntry[]) =>
  sns.send(new PublishBatchCommand({ TopicArn: TOPIC, PublishBatchRequestEntries: entries }));

const entries = (count: number, Message = 'm'): PublishBatchRequestEntry[] =>
  Array.from({ length: count }, (_, n) => ({ Id: String(n), Message }));

test('a batch is taken in part: each entry is answered by its id', async () => {
  const sns = simulatedSns({ topics: [TOPIC], failEntry: ({ Id }) => Id === '2' });
  const batch = [...entries(3), { Id: 'bad', Message: 'm', Subject: 'a\nb' }];
  const { Successful, Failed } = await batchTo(sns, batch);
  assert.equal(
    Successful?.map(({ Id }) => Id),
    ['0', '1'],
  );
  assert.equal(Failed, [
    { Id: '2', Code: 'InternalError', Message: 'Internal error', SenderFault: false },
    { Id: 'bad', Code: 'InvalidParameter', Message: 'Invalid parameter: Subject', SenderFault: true },
  ]);
  assert.equal(
    sns.messages.map(({ messageId }) => messageId),
    Successful?.map(({ MessageId }) => MessageId),
  );
});

for (const [what, batch, name] of [
  ['without entries', [], 'EmptyBatchRequestException'],
  ['of eleven', entries(11), 'TooManyEntriesInBatchRequestException'],
  ['with an id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinctException'],
  ['with an id that has a blank', [{ Id: 'a b', Message: 'm' }], 'InvalidBatchEntryIdException'],
  ['of more than 256 KiB together', entries(2, 'x'.repeat(128 * 1024 + 1)), 'BatchRequestTooLongException'],
] as const) {
  test(`a batch ${what} is refused as a whole: ${name}`, async () => {
    const sns = simulatedSns();
    const error = await batchTo(sns, [...batch]).catch((thrown: unknown) => thrown);
    assert.is((error as Error).name, name);
    assert.is(sns.messages.length, 0);
  });
}

test('anything else than publishing to a topic is a clear error', async () => {
  const sns = simulatedSns();
  const message = async (call: Promise<unknown>) =>
    String(await call.catch((error: unknown) => (error as Error).message));
  assert.match(await message(sns.send(new ListTopicsCommand({}))), 'got ListTopicsCommand');
  assert.match(await message(publishTo(sns, { PhoneNumber: '+441632960000' })), 'to topics only');
});

test.run();
