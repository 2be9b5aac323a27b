import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import type { CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EventFormat } from '../src/events/tag-event.ts';
import type { NumberSetting } from '../src/handlers/runtime/settings.ts';
import { defined } from '../src/shared/members.ts';
import { acknowledgeFindings } from './acknowledgements.ts';
import { alarms } from './alarms.ts';
import { type Buckets, buckets } from './buckets.ts';
import { connected } from './connections.ts';
import { dashboard } from './dashboard.ts';
import { encryptionKey } from './encryption.ts';
import { roleOf } from './function.ts';
import { FUNCTIONS } from './functions.ts';
import { type MembersProps, memberBus, membersOf } from './members.ts';
import type { Use } from './need.ts';
import type { Parts } from './parts.ts';
import { patterns } from './patterns.ts';
import { type FailureQueues, failureQueues } from './queues.ts';
import { eventRules } from './rules.ts';
import { sealKey } from './seal-key.ts';
import { ledgerTable, stateTable } from './tables.ts';
import { alertTopic } from './topic.ts';
import { tags } from './uses-ec2.ts';
import { signs } from './uses-seal.ts';
import { appends, recordsGaps, recordsTampering } from './uses-tables.ts';

/** What a ledger is to be. Everything that may be left out has a default that suits most. */
export interface TaggingLedgerProps {
  /** The text of `TAG_RULES`: which tags to ask for. */
  readonly rules: string;
  /**
   * The keys of all tags that tagledger may set: those of the rules, and others that direct calls ask for.
   */
  readonly tagKeys: readonly string[];
  /** The code of a function, by its name, with the handler `index.handler`. */
  readonly code: (name: string) => Code;
  /**
   * With which the names of all resources begin; one for each ledger of an account, as roles are known in all
   * Regions: `tagledger`.
   */
  readonly name?: string;
  /** Who is told of failures by e-mail: nobody. */
  readonly alertEmails?: readonly string[];
  /** Other accounts whose resources are tagged: none. */
  readonly members?: MembersProps;
  /** Whether a role session's calls are those of the person who assumed the role: no. */
  readonly joinIdentities?: boolean;
  /**
   * A key of AWS KMS, key spec `HMAC_256`, by which who acted is recorded under pseudonyms: names are kept.
   */
  readonly identityKeyArn?: string;
  /** Whether what a rule demands and somebody removed is asked for again: no. */
  readonly heal?: boolean;
  /**
   * The format of the events that functions append: 1, which every version reads. A new ledger should have 2;
   * an older one when everything that reads it knows that.
   */
  readonly eventFormat?: EventFormat;
  /**
   * Roles or users, by their ARNs, that may append beside the functions, as `tagledger ingest` does: none.
   */
  readonly writers?: readonly string[];
  /**
   * Whose key the tables are encrypted with: `customer-managed`, a key that is made for it, or `aws-managed`.
   */
  readonly tableEncryption?: 'customer-managed' | 'aws-managed';
  /** How long logs are kept: a year. */
  readonly logRetention?: RetentionDays;
  /** For how many days nobody can remove what is sealed: 400. */
  readonly lockDays?: number;
  /** How the sealed log is named, such as `tagledger.example.com/prod`: by name, account and Region. */
  readonly logName?: string;
  /** Where docs/runbook.md can be read, to which each alarm points: the name of that file. */
  readonly runbook?: string;
  /** Settings of functions that are numbers, such as `ALERT_QUIET_MINUTES`: their defaults. */
  readonly settings?: Readonly<Partial<Record<NumberSetting, number>>>;
}

/** The properties with the default of each that was left out and has one. */
const withDefaults = ({ name = 'tagledger', ...props }: TaggingLedgerProps) => ({
  name,
  alertEmails: [],
  joinIdentities: false,
  heal: false,
  eventFormat: 1 as const,
  writers: [],
  logRetention: RetentionDays.ONE_YEAR,
  lockDays: 400,
  logName: `${name}/${Aws.ACCOUNT_ID}/${Aws.REGION}`,
  runbook: 'docs/runbook.md',
  settings: {},
  ...defined<Omit<TaggingLedgerProps, 'name'>>(props),
});

/**
 * tagledger in one account and Region: the ledger and the state table, the functions with a role each, the
 * rules of EventBridge that bring CloudTrail's events, the change feed, alerts, and the buckets for archive
 * and seals. A trail must exist. Tables, buckets, logs and the key outlive the stack.
 */
export class TaggingLedger extends Construct {
  readonly ledger: Table;
  readonly states: Table;
  readonly alerts: Topic;
  readonly queues: FailureQueues;
  readonly buckets: Buckets;
  /** What functions are given to work with, for a function of one's own beside these: see `connected`. */
  readonly parts: Parts;
  /** Each function by its name, such as `apply`. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;

  constructor(scope: Construct, id: string, props: TaggingLedgerProps) {
    super(scope, id);
    const { name, joinIdentities, members, ...rest } = withDefaults(props);
    const key = encryptionKey(this, name);
    const tableKey = rest.tableEncryption === 'aws-managed' ? undefined : key;
    const roles = new Map(FUNCTIONS.map((spec) => [spec, roleOf(this, name, spec)]));
    const arnsOfThoseWho = (...any: readonly Use[]) =>
      [...roles].flatMap(([{ uses }, { roleArn }]) =>
        any.some((use) => uses.includes(use)) ? [roleArn] : [],
      );
    const known = members && membersOf(name, members);

    this.ledger = ledgerTable(this, name, tableKey, [
      ...arnsOfThoseWho(appends, recordsGaps, recordsTampering),
      ...rest.writers,
    ]);
    this.states = stateTable(this, name, tableKey);
    this.alerts = alertTopic(this, name, key, rest.alertEmails);
    this.queues = failureQueues(this, name);
    this.buckets = buckets(this, key, rest.lockDays);

    const signing = sealKey(this, name, arnsOfThoseWho(signs));

    this.parts = {
      name,
      ledger: this.ledger,
      states: this.states,
      alerts: this.alerts,
      failures: this.queues.failures,
      buckets: this.buckets,
      sealKey: signing,
      logName: rest.logName,
      rules: rest.rules,
      tagKeys: rest.tagKeys,
      taggerArns: [...arnsOfThoseWho(tags), ...(known?.roleArns(known.roles.tagger) ?? [])],
      joinIdentities,
      identityKeyArn: rest.identityKeyArn,
      heal: rest.heal,
      eventFormat: rest.eventFormat,
      members: known,
      settings: rest.settings,
    };
    const common = {
      code: rest.code,
      logsKey: key,
      logRetention: rest.logRetention,
    };
    const buses = [undefined, ...(members ? [memberBus(this, name, members)] : [])];
    const functions = new Map<string, LambdaFunction>();
    for (const [spec, role] of roles) {
      const made = connected(this, spec, this.parts, { ...common, role });
      functions.set(spec.name, made);
      if (!spec.front) continue;
      for (const bus of buses) {
        eventRules(this, name, patterns(joinIdentities), made, this.queues.failures, bus);
      }
    }
    this.functions = functions;
    dashboard(this, name, alarms(this, name, this.alerts, rest.runbook));
    const tell = (what: string, value: string) =>
      new CfnOutput(this, what, { value }).overrideLogicalId(what);
    // What the command line takes for --ledger.
    tell('LedgerOption', `dynamodb:${this.ledger.tableName},${this.states.tableName}`);
    tell('AlertTopic', this.alerts.topicArn);
    tell('FailureQueue', this.queues.failures.queueUrl);
    acknowledgeFindings(this, {
      '<Ledger.Arn>': [`<${Stack.of(this).getLogicalId(this.ledger.node.defaultChild as CfnTable)}.Arn>`],
      '<Archive.Arn>': [
        `<${Stack.of(this).getLogicalId(this.buckets.archive.node.defaultChild as CfnBucket)}.Arn>`,
      ],
      '<Seals.Arn>': [
        `<${Stack.of(this).getLogicalId(this.buckets.seals.node.defaultChild as CfnBucket)}.Arn>`,
      ],
      '<MEMBER>': Object.values(known?.roles ?? {}),
    });
  }
}
