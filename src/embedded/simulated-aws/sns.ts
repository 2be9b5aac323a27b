import {
  BatchEntryIdsNotDistinctException,
  BatchRequestTooLongException,
  type BatchResultErrorEntry,
  EmptyBatchRequestException,
  InvalidBatchEntryIdException,
  InvalidParameterException,
  NotFoundException,
  PublishBatchCommand,
  type PublishBatchCommandOutput,
  type PublishBatchRequestEntry,
  type PublishBatchResultEntry,
  PublishCommand,
  type PublishCommandInput,
  type PublishCommandOutput,
  type SNSClient,
  TooManyEntriesInBatchRequestException,
} from '@aws-sdk/client-sns';
import { callMetadata, callWithFaults, type Faults, requestIds, unsupportedCommand } from './call.ts';

/** The topic of an embedded ledger's alerts. */
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** The most UTF-8 bytes of a message with its attributes, and of a whole batch (API reference). */
const MAX_MESSAGE_BYTES = 256 * 1024;

/** The most messages in one PublishBatch call (API reference). */
const MAX_BATCH_ENTRIES = 10;

/** The valid ids of an entry (API reference of PublishBatchRequestEntry). */
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * A valid Subject: up to 100 printable ASCII characters, the first not a space. The API model of 2026 says
 * UTF-8 and "less than 100"; older texts say ASCII that begins with a letter, number or punctuation mark.
 * This uses the stricter rule for characters and the usual one for length. An empty Subject is refused as
 * well (getmoto/moto #4679).
 */
const SUBJECT = /^[!-~][ -~]{0,99}$/;

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** A message that a topic has accepted. */
export interface SentMessage {
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly messageId: string;
}

export interface SimulatedSnsOptions extends Faults<PublishCommand | PublishBatchCommand> {
  /** Called for each valid entry of a batch: whether SNS fails to accept it while it accepts others. */
  readonly failEntry?: (entry: PublishBatchRequestEntry) => boolean;
  /** The topics that exist; any topic by default. */
  readonly topics?: readonly string[];
  /** Used only for the ids of requests and messages, so that they differ from run to run. */
  readonly now?: () => number;
}

/** A client and the messages that it has sent, oldest first. */
export type SimulatedSns = Pick<SNSClient, 'send'> & { readonly messages: readonly SentMessage[] };

/**
 * Simulates SNS at the SDK's `send` seam: publishes to topics, singly or in batches, and keeps the messages.
 */
export const simulatedSns = (options: SimulatedSnsOptions = {}): SimulatedSns => {
  const topics: Topics = { options, messages: [], nextId: requestIds(options.now?.() ?? 0) };
  const send = (command: unknown) => {
    if (command instanceof PublishCommand) {
      return callWithFaults(options, command, () => publish(topics, command));
    }
    if (command instanceof PublishBatchCommand) {
      return callWithFaults(options, command, () => publishBatch(topics, command));
    }
    return Promise.reject(unsupportedCommand('SNS', command, ['PublishCommand', 'PublishBatchCommand']));
  };
  // `send` is overloaded for every command of SNS and for callbacks. No function of two commands can satisfy
  // that type.
  return { send: send as SNSClient['send'], messages: topics.messages };
};

/** The topics of a simulated SNS and their accepted messages. */
interface Topics {
  readonly options: SimulatedSnsOptions;
  readonly messages: SentMessage[];
  readonly nextId: () => string;
}

const publish = (topics: Topics, { input }: PublishCommand): PublishCommandOutput => {
  const requestId = topics.nextId();
  const problem = problemOf(input);
  if (problem) throw invalidParameter(problem, requestId);
  refuseMissing(topics, input.TopicArn ?? '', requestId);
  return { MessageId: accept(topics, input), $metadata: callMetadata(requestId) };
};

const publishBatch = (topics: Topics, { input }: PublishBatchCommand): PublishBatchCommandOutput => {
  const requestId = topics.nextId();
  const { TopicArn = '', PublishBatchRequestEntries: entries = [] } = input;
  if (!TOPIC_ARN.test(TopicArn)) throw invalidParameter('TopicArn', requestId);
  const refusal = batchRefusal(entries, requestId);
  if (refusal) throw refusal;
  refuseMissing(topics, TopicArn, requestId);
  const Successful: PublishBatchResultEntry[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    const failure = failureOf(topics, { ...entry, TopicArn });
    if (failure) Failed.push({ Id: entry.Id, ...failure });
    else Successful.push({ Id: entry.Id, MessageId: accept(topics, { ...entry, TopicArn }) });
  }
  return { Successful, Failed, $metadata: callMetadata(requestId) };
};

/** Stores a valid message and returns its id. */
const accept = (
  { messages, nextId }: Topics,
  { TopicArn, Subject, Message }: PublishCommandInput,
): string => {
  const messageId = nextId();
  messages.push({ topicArn: TopicArn ?? '', subject: Subject, message: Message ?? '', messageId });
  return messageId;
};

const refuseMissing = ({ options }: Topics, topicArn: string, requestId: string): void => {
  if (options.topics && !options.topics.includes(topicArn)) throw topicMissing(requestId);
};

/** Why SNS rejects one entry of a batch; undefined if it accepts it. */
const failureOf = (
  { options }: Topics,
  entry: PublishBatchRequestEntry & Pick<PublishCommandInput, 'TopicArn'>,
): Omit<BatchResultErrorEntry, 'Id'> | undefined => {
  const problem = problemOf(entry);
  if (problem) {
    return { Code: 'InvalidParameter', Message: `Invalid parameter: ${problem}`, SenderFault: true };
  }
  return options.failEntry?.(entry)
    ? { Code: 'InternalError', Message: 'Internal error', SenderFault: false }
    : undefined;
};

/** SNS's own words for the problem with a request; undefined if there is none. */
const problemOf = (input: PublishCommandInput): string | undefined => {
  const { TopicArn, TargetArn, PhoneNumber, Subject, Message } = input;
  if (TargetArn !== undefined || PhoneNumber !== undefined) {
    throw new Error('The simulated SNS publishes to topics only; give it a TopicArn.');
  }
  if (TopicArn === undefined) return 'TopicArn or TargetArn Reason: no value for required parameter';
  if (!TOPIC_ARN.test(TopicArn)) return 'TopicArn';
  if (!Message) return 'Empty message';
  if (bytesOf(input) > MAX_MESSAGE_BYTES) return 'Message too long';
  return Subject !== undefined && !SUBJECT.test(Subject) ? 'Subject' : undefined;
};

/** Why SNS rejects a whole batch; undefined if it does not. */
const batchRefusal = (entries: readonly PublishBatchRequestEntry[], requestId: string): Error | undefined => {
  const fields = (message: string) => ({ message, $metadata: callMetadata(requestId, 400) });
  if (entries.length === 0) {
    return new EmptyBatchRequestException(fields('The batch request does not contain any entries.'));
  }
  if (entries.length > MAX_BATCH_ENTRIES) {
    return new TooManyEntriesInBatchRequestException(
      fields('The batch request contains more entries than permissible.'),
    );
  }
  if (entries.some(({ Id = '' }) => !ENTRY_ID.test(Id))) {
    return new InvalidBatchEntryIdException(
      fields('The Id of a batch entry does not abide by the specification.'),
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    return new BatchEntryIdsNotDistinctException(
      fields('Two or more batch entries in the request have the same Id.'),
    );
  }
  return entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > MAX_MESSAGE_BYTES
    ? new BatchRequestTooLongException(
        fields('The length of all the batch messages put together is more than the limit.'),
      )
    : undefined;
};

type Content = Pick<PublishCommandInput, 'Message' | 'MessageAttributes'>;

const bytesOf = ({ Message = '', MessageAttributes = {} }: Content): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
    Buffer.byteLength(Message),
  );

/**
 * Builds the error as the SDK reads SNS's answer: the name is that of the exception, and `Code` holds the
 * error code `InvalidParameter`.
 */
const invalidParameter = (problem: string, requestId: string) => {
  const message = `Invalid parameter: ${problem}`;
  return Object.assign(
    new InvalidParameterException({ message, $metadata: callMetadata(requestId, 400) }),
    errorFields('InvalidParameter', message),
  );
};

const topicMissing = (requestId: string) => {
  const message = 'Topic does not exist';
  return Object.assign(
    new NotFoundException({ message, $metadata: callMetadata(requestId, 404) }),
    errorFields('NotFound', message),
  );
};

const errorFields = (Code: string, Message: string) => ({
  Type: 'Sender',
  Code,
  Error: { Type: 'Sender', Code, Message },
});
