import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { EventFormat } from '../src/events/tag-event.ts';
import type { NumberSetting, Setting, Switch } from '../src/handlers/runtime/settings.ts';
import type { Buckets } from './buckets.ts';
import type { Members } from './members.ts';

/** Names of the environment variables that functions read. */
export type Variable = Setting | Switch | NumberSetting | 'EVENT_FORMAT';

/** What functions are given to work with. */
export interface Parts {
  /** With which the names of all resources begin. */
  readonly name: string;
  readonly ledger: Table;
  readonly states: Table;
  readonly alerts: Topic;
  readonly failures: Queue;
  readonly buckets: Buckets;
  /** The key that signs the sealed log, and how the log is named. */
  readonly sealKey: IKey;
  readonly logName: string;
  /** The text of `TAG_RULES`, and the keys of all tags that tagledger may set. */
  readonly rules: string;
  readonly tagKeys: readonly string[];
  /** The roles whose sessions tag: their calls are known as tagledger's own. */
  readonly taggerArns: readonly string[];
  readonly joinIdentities: boolean;
  readonly identityKeyArn: string | undefined;
  readonly heal: boolean;
  /** The format of the events that functions append. */
  readonly eventFormat: EventFormat;
  readonly members: Members | undefined;
  /** Numbers that are not to be the defaults. */
  readonly settings: Readonly<Partial<Record<NumberSetting, number>>>;
}
