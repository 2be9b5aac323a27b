import {
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  type PublishCommandInput,
  type SNSClient,
} from '@aws-sdk/client-sns';
import {
  callMetadata,
  callWithFaults,
  type Faults,
  requestIds,
  unsupportedCommand,
} from './simulated-call.ts';

/** Bytes of UTF-8 that a message and its attributes may have (API reference of Publish; the default of a topic). */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/**
 * What a Subject may be: up to 100 printable ASCII characters, the first not a space. The API model of 2026 says UTF-8
 * and "less than 100"; older texts say ASCII that begins with a letter, number or punctuation mark. The stricter on
 * characters, the usual on length. An empty Subject is refused as well (getmoto/moto #4679).
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

export interface SimulatedSnsOptions extends Faults<PublishCommand> {
  /** The topics that exist; any unless told. */
  readonly topics?: readonly string[];
  /** Only for the ids of requests and messages, to make them differ from run to run. */
  readonly now?: () => number;
}

/** A client and what it has sent, oldest first. */
export type SimulatedSns = Pick<SNSClient, 'send'> & { readonly messages: readonly SentMessage[] };

/** SNS at the SDK's `send` seam: publishes to topics, one after the other, and keeps what it published. */
export const simulatedSns = (options: SimulatedSnsOptions = {}): SimulatedSns => {
  const messages: SentMessage[] = [];
  const nextId = requestIds(options.now?.() ?? 0);

  const publish = ({ input }: PublishCommand) => {
    const requestId = nextId();
    const problem = problemOf(input);
    if (problem) throw invalidParameter(problem, requestId);
    const { TopicArn: topicArn = '', Subject: subject, Message: message = '' } = input;
    if (options.topics && !options.topics.includes(topicArn)) throw topicMissing(requestId);
    const messageId = nextId();
    messages.push({ topicArn, subject, message, messageId });
    return { MessageId: messageId, $metadata: callMetadata(requestId) };
  };

  const send = (command: unknown) =>
    command instanceof PublishCommand
      ? callWithFaults(options, command, () => publish(command))
      : Promise.reject(unsupportedCommand('SNS', command, ['PublishCommand']));

  // `send` is overloaded over every command of SNS and over callbacks, which no function of one command can satisfy.
  return { send: send as SNSClient['send'], messages };
};

/** SNS's own words for what is wrong with a request; undefined when nothing is. */
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

const bytesOf = ({ Message = '', MessageAttributes = {} }: PublishCommandInput): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType = '', StringValue = '', BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
    Buffer.byteLength(Message),
  );

/** As the SDK reads SNS's answer: the name is the exception's, the error code `InvalidParameter` is in `Code`. */
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
