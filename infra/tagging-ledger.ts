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
import { heartbeat } from './heartbeat.ts';
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

/** The properties of a ledger. Every optional one has a default that suits most deployments. */
export interface TaggingLedgerProps {
  /** The text of `TAG_RULES`, which says which tags to request. */
  readonly rules: string;
  /**
   * The keys of all tags that tagledger is allowed to set: those of the rules, and others for direct calls.
   */
  readonly tagKeys: readonly string[];
  /** Returns the code of the function with this name. Its handler is `index.handler`. */
  readonly code: (name: string) => Code;
  /**
   * The prefix of all resource names. It must be unique among the ledgers of an account, because roles exist
   * in all Regions. Default: `tagledger`.
   */
  readonly name?: string;
  /** The e-mail addresses that receive alerts. Default: none. */
  readonly alertEmails?: readonly string[];
  /** Other accounts whose resources are tagged. Default: none. */
  readonly members?: MembersProps;
  /** Whether to record creations for which no rule asks for tags. Default: yes. */
  readonly recordAll?: boolean;
  /** Whether to attribute the calls of a role session to the person who assumed the role. Default: no. */
  readonly joinIdentities?: boolean;
  /** The ARN of a KMS key (key spec `HMAC_256`) that pseudonymizes actors. Default: none, names are kept. */
  readonly identityKeyArn?: string;
  /** Whether to request a tag of a rule again after somebody removed it. Default: no. */
  readonly heal?: boolean;
  /**
   * The format of the events that functions append. Default: 1, which every version reads. Use 2 for a new
   * ledger, and for an older one once all its readers support it.
   */
  readonly eventFormat?: EventFormat;
  /** The ARNs of other roles or users that can append, such as for `tagledger ingest`. Default: none. */
  readonly writers?: readonly string[];
  /** The key that encrypts the tables. Default: `customer-managed`, a key created for them. */
  readonly tableEncryption?: 'customer-managed' | 'aws-managed';
  /** How long logs are kept. Default: a year. */
  readonly logRetention?: RetentionDays;
  /** The number of days for which nobody can remove sealed data. Default: 400. */
  readonly lockDays?: number;
  /**
   * The origin of the sealed log, such as `tagledger.example.com/prod`. Default: from name, account and
   * Region.
   */
  readonly logName?: string;
  /**
   * The address of the runbook, to which each alarm refers. Default: the name of the file docs/runbook.md.
   */
  readonly runbook?: string;
  /** Numeric settings of functions that override their defaults, such as `ALERT_QUIET_MINUTES`. */
  readonly settings?: Readonly<Partial<Record<NumberSetting, number>>>;
}

/** Fills in the defaults of omitted properties. */
const withDefaults = ({ name = 'tagledger', ...props }: TaggingLedgerProps) => ({
  name,
  alertEmails: [],
  recordAll: true,
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
 * tagledger in one account and Region: the ledger and the state table, the functions with one role each, the
 * EventBridge rules that deliver CloudTrail events, the change feed, alerts, and the buckets for archive and
 * seals. A trail must exist already. Tables, buckets, logs and keys outlive the stack.
 */
export class TaggingLedger extends Construct {
  readonly ledger: Table;
  readonly states: Table;
  readonly alerts: Topic;
  readonly queues: FailureQueues;
  readonly buckets: Buckets;
  /** The parts that functions work with, for adding a function of your own: see `connected`. */
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
      recordAll: rest.recordAll,
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
    heartbeat(this);
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
    // The value of --ledger for the command line.
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
