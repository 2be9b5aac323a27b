import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import type { Context } from 'aws-lambda';
import { memoryStore } from '../../src/adapters/memory/event-store.ts';
import { memoryStateStore } from '../../src/adapters/memory/state-store.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../src/embedded/simulated-aws/ec2/error.ts';
import { simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';
import { parseArn } from '../../src/events/resource-arn.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { keep } from '../../src/handlers/archive/archive.ts';
import { projectConsumer } from '../../src/handlers/project/consumer.ts';
import { reconcile } from '../../src/handlers/reconcile/reconcile.ts';
import { powertools } from '../../src/handlers/runtime/powertools.ts';
import { seal } from '../../src/handlers/seal/seal.ts';
import { sweep } from '../../src/handlers/sweep/sweep.ts';
import { request } from '../../src/intake/intake.ts';
import type { Telemetry } from '../../src/shared/telemetry.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { written } from '../security/written.ts';
import { memoryArchive } from '../support/archive.ts';
import { launch } from '../support/cloudtrail/trail.ts';
import { chain, failed, NOW, requested } from '../support/events.ts';
import { batchOf, feedOf, MINUTE, tampered, unreadable } from '../support/feed-records.ts';
import { worldOf } from '../support/sealing/world.ts';

/** A metric as CloudWatch gets it out of a function's log. */
export interface Emitted {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensionsMap: Readonly<Record<string, string>>;
}

const RULES = parseTagRules('{"Owner":"{who.name}"}');
const LONG = () => 600_000;
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';

/** A world in which a function finds what it is for, faults among it; or, for those on a schedule, nothing at all. */
const RUNS: Readonly<Record<string, (telemetry: Telemetry) => Promise<unknown>>> = {
  request: async (telemetry) => {
    const ledger = { store: memoryStore(), eventFormat: 1 as const, now: () => new Date() };
    await request({ ledger, rules: RULES, telemetry })([launch(['i-01'])], 'one');
  },
  apply: async (telemetry) => {
    const { store } = worldOf();
    const now = () => NOW;
    const events = chain([requested('r1', { birth: { tags: [] } })]);
    for (const event of events) await store.append(event);
    const ec2 = simulatedEc2({
      now: () => now().getTime(),
      fault: (command) =>
        command instanceof DescribeVolumesCommand
          ? ec2Error({ code: 'UnauthorizedOperation', message: 'no' }, 'r')
          : undefined,
    });
    for (const { stream } of events) ec2.create({ ...parseArn(stream), at: 0 });
    const deps = {
      ledger: { store, eventFormat: 1 as const, now },
      ec2: ec2.client,
      sleep: async () => {},
      telemetry,
    };
    await apply({ ...deps, childRules: RULES })(feedOf(events), MINUTE);
  },
  project: async (telemetry) => {
    const { store, coordination, now } = worldOf();
    const events = chain([requested('r1'), failed('f1')]);
    for (const event of events) await store.append(event);
    const [first] = events as [(typeof events)[number]];
    const cloudwatch = simulatedCloudWatch({ now: () => now().getTime() });
    const sns = simulatedSns({ topics: [TOPIC] });
    const telling = { coordination, sns, topicArn: TOPIC, now, telemetry, quietMs: 0, cloudwatch };
    const run = projectConsumer({
      ...telling,
      store,
      eventFormat: 1,
      states: memoryStateStore(),
      sealing: false,
    });
    const records = events.map((recorded) => ({ recorded }));
    await run(batchOf(...records, tampered(first), unreadable(first)), MINUTE);
  },
  archive: async (telemetry) => keep({ ...worldOf(), objects: memoryArchive(), telemetry })(LONG),
  seal: async (telemetry) =>
    seal({ ...worldOf(), sns: simulatedSns({ topics: [TOPIC] }), topicArn: TOPIC, telemetry })({}, LONG),
  reconcile: async (telemetry) => {
    const ledger = { store: memoryStore(), eventFormat: 1 as const, now: () => new Date() };
    await reconcile({ ledger, states: memoryStateStore(), policy: DEFAULT_RETRY, limit: 10, telemetry })(
      LONG,
    );
  },
  sweep: async (telemetry) => {
    const { store, coordination, now } = worldOf();
    const ec2 = simulatedEc2({ now: () => now().getTime() });
    const deps = { coordination, ec2: ec2.client, sleep: async () => {}, telemetry };
    await sweep({ ...deps, ledger: { store, eventFormat: 1 as const, now }, states: memoryStateStore() })(
      'one',
      LONG,
    );
  },
};

/**
 * What functions write for CloudWatch when they run as in Lambda, by their short names: the functions whose own metrics
 * alarms look at. Those that run on a schedule find nothing to do.
 */
export const emitted = async (prefix: string): Promise<ReadonlyMap<string, readonly Emitted[]>> => {
  const found = new Map<string, readonly Emitted[]>();
  for (const [name, run] of Object.entries(RUNS)) {
    const functionName = `${prefix}-${name}`;
    const { telemetry, observed } = powertools(name, { AWS_LAMBDA_FUNCTION_NAME: functionName });
    const context = { functionName, awsRequestId: 'r' } as Context;
    const text = await written(() => observed(() => run(telemetry))({}, context));
    found.set(name, metricsIn(text));
  }
  return found;
};

/** The metrics of the embedded metric format (CloudWatch guide, "Embedded metric format specification"). */
const metricsIn = (text: string): Emitted[] =>
  text
    .split('\n')
    .filter((line) => line.includes('"_aws"'))
    .flatMap((line) => {
      const { _aws, ...members } = JSON.parse(line);
      const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
      return Metrics.map(({ Name }: { Name: string }) => ({
        namespace: Namespace,
        metricName: Name,
        dimensionsMap: Object.fromEntries(Dimensions[0].map((one: string) => [one, members[one]])),
      }));
    });
