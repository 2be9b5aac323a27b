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

/** The resources and settings that functions work with. */
export interface Parts {
  /** The prefix of the names of all resources. */
  readonly name: string;
  readonly ledger: Table;
  readonly states: Table;
  readonly alerts: Topic;
  readonly failures: Queue;
  readonly buckets: Buckets;
  /** The key that signs the sealed log, and the origin of the log. */
  readonly sealKey: IKey;
  readonly logName: string;
  /** The text of `TAG_RULES`, and the keys of all tags that tagledger is allowed to set. */
  readonly rules: string;
  readonly tagKeys: readonly string[];
  /** The roles that tag, by which tagledger recognizes its own calls. */
  readonly taggerArns: readonly string[];
  /** Whether creations are recorded for which no rule asks for tags. */
  readonly recordAll: boolean;
  readonly joinIdentities: boolean;
  readonly identityKeyArn: string | undefined;
  readonly heal: boolean;
  /** The format of the events that functions append. */
  readonly eventFormat: EventFormat;
  readonly members: Members | undefined;
  /** Numeric settings that override the defaults. */
  readonly settings: Readonly<Partial<Record<NumberSetting, number>>>;
}
