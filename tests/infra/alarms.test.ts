import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { alarmSpecs, type MetricSpec } from '../../infra/alarm-specs.ts';
import { FUNCTIONS } from '../../infra/functions.ts';
import { NAMESPACE } from '../../src/alerts/count-incidents.ts';
import { emitted } from './emitted.ts';
import { template } from './template.ts';

const test = suite('alarms');

const ALARM = 'AWS::CloudWatch::Alarm';
const SPECS = alarmSpecs('tagledger');
const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** The section of the runbook with a heading, from there to the next one. */
const sections = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text]),
);

const nameOf = ({ namespace, metricName, dimensionsMap }: MetricSpec): string =>
  JSON.stringify([namespace, metricName, dimensionsMap]);

const emissions = emitted('tagledger');
const scheduled = FUNCTIONS.flatMap(({ name, schedules }) => (schedules ? [name] : []));

test('each alarm on a metric of tagledger’s own is on one that its function writes, under these dimensions', async () => {
  const written = new Set([...(await emissions).values()].flat().map(nameOf));
  const own = SPECS.filter(({ metric }) => metric.namespace === NAMESPACE).map(({ metric }) =>
    nameOf(metric),
  );
  assert.ok(own.length >= 10);
  assert.equal(
    own.filter((one) => !written.has(one)),
    [],
  );
});

test('silence is a fault of exactly what each run of a schedule measures, also when there is nothing to do', async () => {
  const byFunction = await emissions;
  const always = new Set(scheduled.flatMap((name) => byFunction.get(name) ?? []).map(nameOf));
  // To ring when a value is too high is not to ring when there is none: these look at both, or at one.
  const quiet = SPECS.filter(({ silenceIsAFault }) => silenceIsAFault);
  assert.equal(
    quiet.map(({ id }) => id),
    ['oldest-request', 'archive-silent', 'seal-behind', 'sweep-silent'],
  );
  for (const { id, metric } of quiet) assert.ok(always.has(nameOf(metric)), id);
  // Each function on a schedule is missed when it does not run.
  const missed = quiet.map(({ metric }) => metric.dimensionsMap.service?.slice('tagledger-'.length));
  assert.equal([...missed].sort(), [...scheduled].sort());
});

test('each alarm on a metric of AWS is on one of this ledger’s functions, queues or its topic', () => {
  const names = (type: string, property: string) =>
    template('ledger')
      .of(type)
      .map(([, { Properties }]) => Properties[property]);
  const known: Readonly<Record<string, readonly string[]>> = {
    'AWS/Lambda FunctionName': names('AWS::Lambda::Function', 'FunctionName'),
    'AWS/SQS QueueName': names('AWS::SQS::Queue', 'QueueName'),
    'AWS/SNS TopicName': names('AWS::SNS::Topic', 'TopicName'),
  };
  for (const { id, metric } of SPECS.filter(({ metric }) => metric.namespace !== NAMESPACE)) {
    const [[dimension, value], ...more] = Object.entries(metric.dimensionsMap) as [[string, string]];
    assert.equal(more, []);
    assert.ok(known[`${metric.namespace} ${dimension}`]?.includes(value), id);
  }
});

test('every function is watched for errors, and each reader of the ledger for being behind', () => {
  const watched = (begin: string) =>
    SPECS.flatMap(({ id }) => (id.startsWith(begin) ? [id.slice(begin.length)] : []));
  assert.equal(
    watched('errors-'),
    FUNCTIONS.map(({ name }) => name),
  );
  assert.equal(watched('feed-behind-'), ['apply', 'project']);
});

for (const name of ['ledger', 'all'] as const) {
  test(`every alarm tells the topic when it rings and when it is over, and where to read what to do (${name})`, () => {
    const made = template(name).of(ALARM);
    assert.is(made.length, SPECS.length);
    for (const [id, { Properties }] of made) {
      assert.equal(
        [Properties.AlarmActions, Properties.OKActions],
        [['<LedgerAlerts>'], ['<LedgerAlerts>']],
        id,
      );
      assert.is(Properties.ActionsEnabled, undefined);
      const [, file, section = ''] = /What to do: (.*)#([a-z-]+)$/.exec(Properties.AlarmDescription) ?? [];
      assert.is(file, name === 'all' ? 'https://wiki.example.com/tagledger' : 'docs/runbook.md');
      assert.ok(sections.has(section), `${id}: ${section}`);
      const spec = alarmSpecs(name === 'all' ? 'tags' : 'tagledger').find((one) =>
        Properties.AlarmName.endsWith(`-${one.id}`),
      );
      assert.is(Properties.TreatMissingData, spec?.silenceIsAFault ? 'breaching' : 'notBreaching');
      assert.equal(
        Properties.Dimensions.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]),
        Object.entries(spec?.metric.dimensionsMap ?? {}),
      );
    }
  });
}

test('the runbook has no section without an alarm, and each says what to look at and what to type', () => {
  const used = new Set(SPECS.map(({ section }) => section));
  assert.equal(
    [...sections.keys()].filter((section) => !used.has(section)),
    [],
  );
  for (const [name, text] of sections) {
    assert.match(text, '**Look at**', name);
    assert.match(text, /^```sh\n\S/m, name);
  }
});

test('the commands of the runbook name functions, queues, tables and alarms that there are', () => {
  const named = [...RUNBOOK.matchAll(/\btagledger-[a-z]+(?:-[a-z]+)*/g)].map(([name]) => name);
  const there = new Set([
    ...FUNCTIONS.map(({ name }) => `tagledger-${name}`),
    ...['ledger', 'state', 'failures', 'unusable', 'alerts', 'apply', 'redrive', 'seal'].map(
      (one) => `tagledger-${one}`,
    ),
    ...SPECS.map(({ id }) => `tagledger-${id}`),
  ]);
  assert.equal(
    [...new Set(named)].filter((name) => !there.has(name)),
    [],
  );
});

test('the dashboard shows metrics of this ledger alone', () => {
  const [[, { Properties }]] = template('all').of('AWS::CloudWatch::Dashboard') as [
    ReturnType<ReturnType<typeof template>['of']>[number],
  ];
  assert.is(Properties.DashboardName, 'tags');
  const body = String(Properties.DashboardBody);
  for (const name of ['request', 'apply', 'project', 'reconcile', 'archive', 'seal']) {
    assert.match(body, `"service","tags-${name}"`);
  }
  assert.not.match(body, 'tagledger-');
});

test.run();
