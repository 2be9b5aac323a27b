import type { CreateTagsCommandInput, EC2Client } from '@aws-sdk/client-ec2';
import { dynamodbCoordinationStore } from '../../src/adapters/dynamodb/coordination-store.ts';
import { dynamodbStore } from '../../src/adapters/dynamodb/event-store.ts';
import { fromItem } from '../../src/adapters/dynamodb/ledger-item.ts';
import { dynamodbStateStore } from '../../src/adapters/dynamodb/state-store.ts';
import { simulatedCloudWatch } from '../../src/embedded/simulated-aws/cloudwatch.ts';
import { simulatedEc2 } from '../../src/embedded/simulated-aws/ec2/ec2.ts';
import { ec2Error } from '../../src/embedded/simulated-aws/ec2/error.ts';
import { type SentMessage, simulatedSns } from '../../src/embedded/simulated-aws/sns.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { fold } from '../../src/events/resource.ts';
import { apply } from '../../src/handlers/apply/apply.ts';
import { projectConsumer } from '../../src/handlers/project/consumer.ts';
import { closeSuppressionWindows } from '../../src/handlers/reconcile/close-suppression-windows.ts';
import { reconcile } from '../../src/handlers/reconcile/reconcile.ts';
import { APPLIED_TYPES } from '../../src/handlers/runtime/feed-batch.ts';
import { lambdaFeed } from '../../src/handlers/runtime/lambda-feed.ts';
import { sweep } from '../../src/handlers/sweep/sweep.ts';
import { request } from '../../src/intake/intake.ts';
import { rebuild } from '../../src/projections/rebuild.ts';
import { groupBy } from '../../src/shared/collections.ts';
import { QUIET } from '../../src/shared/telemetry.ts';
import { DEFAULT_RETRY } from '../../src/tagging/retry-policy.ts';
import { parseTagRules } from '../../src/tagging/rules/tag-rules.ts';
import { chance } from './chance.ts';
import { consumers } from './consumers.ts';
import { faults as dealFaults, type Faults } from './faults.ts';
import { type Ended, violationsOf } from './invariants.ts';
import { invoke, type Process } from './process.ts';
import { rollingDeployment } from './rolling-deployment.ts';
import { ownCall, RULES, scenario, TAGGER } from './scenario.ts';
import { scheduler } from './scheduler.ts';
import { sealing } from './sealing.ts';
import { simulatedTable } from './simulated-table.ts';

/** What came of a run. */
export interface Run {
  readonly seed: number;
  /** What did not hold, in words; empty when all did. */
  readonly violations: readonly string[];
  readonly faults: Faults;
  readonly events: readonly RecordedEvent[];
  /** How each request ended. */
  readonly outcomes: readonly string[];
  readonly alerts: number;
  readonly ec2Calls: number;
  /** How many checkpoints of the sealed log were published. */
  readonly checkpoints: number;
  /** Functions that were of an older version and met events of a newer one. */
  readonly met: ReadonlySet<string>;
}

const START = Date.UTC(2026, 2, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:tagledger-alerts';
const INVOCATION_MS = 60_000;
const QUIET_MS = 15 * MINUTE_MS;

/**
 * One run of the whole product in virtual time: people act in a simulated AWS, CloudTrail reports it out of order and more than
 * once, and every function works through a network and on machines that fail. After some hours the faults end; what is
 * still under way gets the time to finish, what was lost without a trace is repaired as an operator would, and then
 * everything that tagledger promises must hold. `spared` are the ordinals of faults that do not strike.
 */
export const simulate = async (seed: number, spared?: ReadonlySet<number>): Promise<Run> => {
  const time = scheduler(START);
  const dice = chance(seed * 2 + 1);
  const faults = dealFaults(chance(seed * 2 + 2), spared);
  const world = { time, dice, faults };
  const rules = parseTagRules(RULES);
  const deployment = rollingDeployment(seed, time.now, START);

  const story = scenario(chance(seed), START, 2 + dice.below(7));
  const ledgerTable = simulatedTable(['stream', 'seq'], {
    now: time.now,
    faults,
    onPut: (item) => feed.publish(fromItem(item)),
  });
  const stateTable = simulatedTable(['resource'], { now: time.now, faults });
  const ec2 = simulatedEc2({
    now: time.now,
    denied: ({ id }) => story.denied.has(id),
    visibleAfterMs: story.visibleAfterMs,
  });
  const sns = simulatedSns({ topics: [TOPIC], now: time.now });
  const cloudwatch = simulatedCloudWatch({ now: time.now });
  const calls: { at: number; input: CreateTagsCommandInput }[] = [];

  const told: (SentMessage & { readonly at: number })[] = [];
  const topic = {
    send: async (command: object): Promise<unknown> => {
      const answer = await (sns.send as (command: object) => Promise<unknown>)(command);
      for (const message of sns.messages.slice(told.length)) told.push({ ...message, at: time.now() });
      return answer;
    },
  } as unknown as typeof sns;

  const over = <Client extends { send: unknown }>(process: Process, client: Client): Client =>
    ({
      send: (command: object) =>
        process.call(command.constructor.name.replace('Command', ''), () =>
          (client.send as (command: object) => Promise<unknown>)(command),
        ),
    }) as unknown as Client;

  let ownCalls = 0;
  const ec2Of = (process: Process) => (account: string, region: string) => {
    const client = ec2.client(account, region);
    const send = async (command: object): Promise<unknown> => {
      if (faults.strikes('service throttles', `${process.name}: ${command.constructor.name}`)) {
        throw ec2Error({ code: 'RequestLimitExceeded', message: 'Request limit exceeded.' }, 'throttled');
      }
      const answer = await (client.send as (command: object) => Promise<unknown>)(command);
      const { input } = command as { input: CreateTagsCommandInput };
      if (command.constructor.name === 'CreateTagsCommand') {
        calls.push({ at: time.now(), input });
        trail(ownCall(input.Resources ?? [], input.Tags ?? [], time.now(), `own ${ownCalls++}`));
      }
      return answer;
    };
    return over(process, { send } as unknown as Pick<EC2Client, 'send'>);
  };
  const ledgerOf = (process: Process) => ({
    store: dynamodbStore(deployment.seen(process.name, ledgerTable.client(process)), 'ledger'),
    eventFormat: deployment.formatOf(process.name),
    now: process.now,
    wait: (tries: number) => process.sleep(dice.between(0, 50 * tries)),
  });
  const memosOf = (process: Process) => dynamodbCoordinationStore(stateTable.client(process), 'state');
  const statesOf = (process: Process) => dynamodbStateStore(stateTable.client(process), 'state');

  const feed = consumers(world, [
    {
      name: 'apply',
      types: APPLIED_TYPES,
      invoke: (batch) =>
        invoke('apply', world, (process) => {
          const end = time.now() + INVOCATION_MS;
          const run = lambdaFeed(
            apply({
              ledger: ledgerOf(process),
              ec2: ec2Of(process),
              sleep: process.sleep,
              random: dice.next,
              telemetry: QUIET,
              childRules: rules,
            }),
          );
          return run(deployment.batch('apply', batch), () => end - time.now());
        }),
    },
    {
      name: 'project',
      invoke: (batch) =>
        invoke('project', world, (process) => {
          const { store, eventFormat } = ledgerOf(process);
          const run = lambdaFeed(
            projectConsumer({
              store,
              eventFormat,
              states: statesOf(process),
              coordination: memosOf(process),
              sns: over(process, topic),
              topicArn: TOPIC,
              cloudwatch: over(process, cloudwatch),
              now: process.now,
              telemetry: QUIET,
              quietMs: QUIET_MS,
              sealing: true,
            }),
          );
          return run(deployment.batch('project', batch), () => INVOCATION_MS);
        }),
    },
  ]);

  /** Delivers an input until it went through, as EventBridge, Lambda's retries and the redrive of what they gave up do together. */
  const deliver = async (input: unknown, id: string): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await invoke('request', world, (process) =>
          request({ ledger: ledgerOf(process), rules, taggerRoleArn: TAGGER, telemetry: QUIET })(input, id),
        );
        return;
      } catch {
        await time.pause(tries % 3 === 0 ? dice.between(1, 10) * HOUR_MS : tries * MINUTE_MS);
      }
    }
  };
  let delivered = 0;
  const trail = (input: unknown): void => {
    const id = `input ${delivered++}`;
    const isLate = faults.strikes('input delayed for hours', id);
    const delay = isLate ? dice.between(1, 20) * HOUR_MS : dice.between(1, 8) * MINUTE_MS;
    time.at(time.now() + delay, () => void deliver(input, id));
    if (faults.strikes('input repeated', id)) {
      time.at(time.now() + dice.between(0, 30) * HOUR_MS, () => void deliver(input, id));
    }
  };

  const reconciled = (): Promise<unknown> =>
    invoke('reconcile', world, async (process) => {
      await closeSuppressionWindows({
        coordination: memosOf(process),
        sns: over(process, topic),
        topicArn: TOPIC,
        now: process.now,
        telemetry: QUIET,
        limit: 3,
      });
      return reconcile({
        ledger: ledgerOf(process),
        states: statesOf(process),
        policy: DEFAULT_RETRY,
        limit: 3,
        telemetry: QUIET,
      })(() => INVOCATION_MS);
    }).catch(() => undefined);
  /** A run with nothing to do is left out: it would only take time. */
  const isWaiting = () => {
    const soon = new Date(time.now() + 5 * MINUTE_MS).toISOString();
    return stateTable.items().some(({ due, dueAt }) => due !== undefined && (dueAt?.S ?? '') < soon);
  };
  const schedule = (): void => {
    if (isWaiting()) {
      void reconciled();
      if (dice.happens(0.2)) void reconciled();
    }
    // Later on there is less to do, and nobody in a hurry.
    time.at(time.now() + (time.now() < START + 12 * HOUR_MS ? 5 : 30) * MINUTE_MS, schedule);
  };

  const log = sealing(ledgerTable.items, stateTable.items, time.now);
  const sealed = (compare: boolean): Promise<unknown> =>
    invoke('seal', world, (process) =>
      log.run(
        process,
        {
          store: ledgerOf(process).store,
          coordination: memosOf(process),
          sns: over(process, topic),
          topicArn: TOPIC,
          now: process.now,
          telemetry: QUIET,
        },
        compare,
        deployment.isOld('seal'),
      ),
    ).catch(() => undefined);
  /** As with `reconcile`, most runs with nothing to do are left out. */
  const scheduleSeals = (): void => {
    if (log.isHinted() || dice.happens(0.1)) {
      void sealed(dice.happens(0.1));
      // Nothing but the number of functions at once keeps two of them apart.
      if (dice.happens(0.1)) void sealed(dice.happens(0.1));
    }
    time.at(time.now() + (time.now() < START + 12 * HOUR_MS ? 20 : 240) * MINUTE_MS, scheduleSeals);
  };

  story.play(ec2, time, trail);
  schedule();
  scheduleSeals();
  await time.run(START + 12 * HOUR_MS);
  faults.end();
  await time.run(START + 72 * HOUR_MS);
  feed.redriveLost();
  // As the alert of what was set aside asks for, when all functions know what it is.
  const rebuilding = deployment.isRolling
    ? invoke('rebuild', world, async (process) => {
        for await (const _ of rebuild({ store: ledgerOf(process).store, states: statesOf(process) }));
      })
    : undefined;
  await time.run(START + 150 * HOUR_MS);
  await rebuilding;
  // What nobody can know by records alone, because clocks differ: who was last on a key. EC2 itself is asked.
  const sweeping = invoke('sweep', world, (process) =>
    sweep({
      ledger: ledgerOf(process),
      states: statesOf(process),
      coordination: memosOf(process),
      ec2: ec2Of(process),
      sleep: process.sleep,
      random: dice.next,
      telemetry: QUIET,
    })('sweep', () => 10 * INVOCATION_MS),
  );
  await time.run(START + 151 * HOUR_MS);
  await sweeping;
  const lastSeal = sealed(true);
  await time.run(START + 152 * HOUR_MS);
  await lastSeal;

  const ended: Ended = {
    events: ledgerTable.items().map(fromItem),
    rows: stateTable.items(),
    tagsOf: (identity) => ec2.tagsOf(identity),
    isDenied: ({ id }) => story.denied.has(id),
    attempts: DEFAULT_RETRY.attempts,
    alerts: told,
    quietMs: QUIET_MS,
    interruptions: faults.struck.filter(({ where }) =>
      /^(?:project|reconcile): .*(?:Publish|BatchGetItem|quiet)/.test(where),
    ).length,
    personal: story.personal,
    calls,
  };
  return {
    seed,
    violations: [...violationsOf(ended), ...(await log.violations())],
    faults,
    events: ended.events,
    outcomes: outcomesOf(ended.events),
    alerts: sns.messages.length,
    ec2Calls: ec2.calls.createTags,
    checkpoints: log.published(),
    met: deployment.met,
  };
};

const outcomesOf = (events: readonly RecordedEvent[]): string[] =>
  [...groupBy(events, ({ stream }) => stream).values()].flatMap((stream) =>
    fold(stream.toSorted((a, b) => a.seq - b.seq)).requests.map(({ status }) => status),
  );
