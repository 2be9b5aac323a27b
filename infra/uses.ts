import { NAMESPACE } from '../src/alerts/count-incidents.ts';
import type { NumberSetting } from '../src/handlers/runtime/settings.ts';
import { ANY, on, type Use } from './need.ts';

/** Publishes alerts. */
export const tells: Use = ({ alerts }) => ({
  env: { ALERT_TOPIC_ARN: alerts.topicArn },
  grants: [on('sns', ['Publish'], alerts.topicArn)],
});

/** Counting in CloudWatch, in tagledger's own namespace. */
export const counts: Use = () => ({
  grants: [
    {
      ...on('cloudwatch', ['PutMetricData'], ...ANY),
      conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
    },
  ],
});

/** Knowing the rules. */
export const knowsRules: Use = ({ rules }) => ({ env: { TAG_RULES: rules } });

/** Pseudonymizes actors, if an identity key is configured. */
export const hashesIdentities: Use = ({ identityKeyArn }) =>
  identityKeyArn === undefined
    ? {}
    : {
        env: { HASH_IDENTITIES: 'on', IDENTITY_KEY_ID: identityKeyArn },
        grants: [on('kms', ['GenerateMac'], identityKeyArn)],
      };

/** Recognizes tagledger's own calls when they come back through CloudTrail. */
export const knowsItself: Use = ({ taggerArns }) => ({ env: { TAGGER_ROLE_ARN: taggerArns.join(',') } });

/** Records creations for which no rule asks for tags, unless that is disabled. */
export const recordsAll: Use = ({ recordAll }) => (recordAll ? {} : { env: { RECORD_ALL: 'off' } });

/** Passes on numeric settings that override the defaults. */
export const tuned =
  (...names: readonly NumberSetting[]): Use =>
  ({ settings }) => ({
    env: Object.fromEntries(
      names.flatMap((name) => (settings[name] === undefined ? [] : [[name, String(settings[name])]])),
    ),
  });

/** Retries, as the settings configure. */
export const triesAgain: Use = tuned(
  'RETRY_ATTEMPTS',
  'RETRY_FIRST_SECONDS',
  'RETRY_LONGEST_SECONDS',
  'NEW_FOR_SECONDS',
  'STUCK_AFTER_SECONDS',
);

/** Requests removed tags again, if that is enabled. */
export const heals: Use = ({ heal, rules }) => (heal ? { env: { HEAL: 'on', TAG_RULES: rules } } : {});

/** Processes the failure queue. */
export const worksOffFailures: Use = ({ failures }) => ({
  grants: [on('sqs', ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'], failures.queueArn)],
});

/** Writing traces. */
export const traces: Use = () => ({
  grants: [on('xray', ['PutTraceSegments', 'PutTelemetryRecords'], ...ANY)],
});
