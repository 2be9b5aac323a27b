import { existsSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connected } from '../../infra/connections.ts';
import { roleOf } from '../../infra/function.ts';
import { FUNCTIONS, type FunctionSpec } from '../../infra/functions.ts';
import { TaggingLedger } from '../../infra/tagging-ledger.ts';
import { reads } from '../../infra/uses-tables.ts';
import { FUNCTION_NAMES } from '../../src/shared/function-names.ts';
import { linesOf, statementsIn } from './statements.ts';
import { type Properties, template, templateOf } from './template.ts';

const test = suite('the functions of the template');

const FUNCTION = 'AWS::Lambda::Function';
const functionsOf = (name: 'ledger' | 'all') => template(name).of(FUNCTION);

/** Values that a function can start with, where the template has references or parameters. */
const valuesOf = (variables: Properties, parameters: ReturnType<typeof template>['parameters']) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      name === 'TAG_RULES' ? (parameters.TagRules?.Default ?? value) : value,
    ]),
  );

test('every function that is built is deployed, and no other', () => {
  assert.equal(FUNCTIONS.map(({ name }) => name).sort(), [...FUNCTION_NAMES].sort());
  for (const { name } of FUNCTIONS) {
    assert.ok(existsSync(new URL(`../../src/handlers/${name}/lambda.ts`, import.meta.url)), name);
  }
});

test('a function runs on Node 24 and ARM, with its own role, log group and trace', () => {
  for (const [id, { Properties, DependsOn = [] }] of functionsOf('ledger')) {
    assert.equal(
      [Properties.Runtime, Properties.Architectures, Properties.Handler, Properties.TracingConfig],
      ['nodejs24.x', ['arm64'], 'index.handler', { Mode: 'Active' }],
    );
    assert.is(Properties.LoggingConfig.LogGroup, `<${id}Logs>`);
    const logs = template('ledger').the('AWS::Logs::LogGroup', `${id}Logs`);
    assert.equal(
      [logs.LogGroupName, logs.RetentionInDays, logs.KmsKeyId],
      [`/aws/lambda/${Properties.FunctionName}`, 365, '<LedgerKey.Arn>'],
    );
    // Lambda looks at the role when it is told of a stream or a destination.
    assert.ok(
      DependsOn.some((one) => one.startsWith(`${id}Policy`)),
      id,
    );
  }
});

test('there is one run at a time of what runs on a schedule and of redrive', () => {
  const single = functionsOf('ledger').filter(
    ([, { Properties }]) => Properties.ReservedConcurrentExecutions === 1,
  );
  assert.equal(
    single.map(([id]) => id),
    ['LedgerArchive', 'LedgerSeal', 'LedgerReconcile', 'LedgerSweep', 'LedgerRedrive'],
  );
});

test('settings that are not the defaults reach the functions that read them, and no others', () => {
  const told = (variable: string) =>
    functionsOf('all').flatMap(([id, { Properties }]) =>
      Properties.Environment.Variables[variable] === undefined ? [] : [id],
    );
  assert.equal(told('ALERT_QUIET_MINUTES'), ['LedgerProject', 'LedgerRedrive']);
  assert.equal(told('RETRY_ATTEMPTS'), ['LedgerApply', 'LedgerReconcile', 'LedgerRedrive']);
  assert.equal(told('RECORD_ALL').sort(), ['LedgerRedrive', 'LedgerRequest']);
  assert.equal(told('HEAL_LIMIT'), ['LedgerSweep']);
});

test('every function that appends knows in which format, and no other: 1 unless the configuration says 2', () => {
  const told = (stack: 'ledger' | 'all') =>
    functionsOf(stack).flatMap(([id, { Properties }]) => {
      const { EVENT_FORMAT } = Properties.Environment.Variables;
      return EVENT_FORMAT === undefined ? [] : [`${id} ${EVENT_FORMAT}`];
    });
  const writers = ['Request', 'Apply', 'Project', 'Reconcile', 'Sweep', 'Redrive'];
  assert.equal(
    told('ledger'),
    writers.map((name) => `Ledger${name} 1`),
  );
  assert.equal(
    told('all'),
    writers.map((name) => `Ledger${name} 2`),
  );
});

test('archive runs every five minutes, seal and reconcile every minute, sweep every hour, and a run that fails is not repeated', () => {
  const schedules = template('ledger')
    .of('AWS::Events::Rule')
    .flatMap(([, { Properties }]) =>
      Properties.ScheduleExpression
        ? [[Properties.ScheduleExpression, Properties.Targets[0].Arn, Properties.Targets[0].Input]]
        : [],
    );
  assert.equal(schedules, [
    ['rate(5 minutes)', '<LedgerArchive.Arn>', undefined],
    ['rate(1 minute)', '<LedgerSeal.Arn>', undefined],
    ['cron(30 3 * * ? *)', '<LedgerSeal.Arn>', '{"compare":true}'],
    ['rate(1 minute)', '<LedgerReconcile.Arn>', undefined],
    ['rate(1 hour)', '<LedgerSweep.Arn>', undefined],
  ]);
  for (const name of ['Archive', 'Seal', 'Reconcile', 'Sweep']) {
    const id = `Ledger${name}EventInvokeConfig`;
    assert.is(template('ledger').the('AWS::Lambda::EventInvokeConfig', id).MaximumRetryAttempts, 0);
  }
});

test('what the front door cannot do goes to the failure queue after six hours', () => {
  const { DestinationConfig, MaximumEventAgeInSeconds } = template('ledger').the(
    'AWS::Lambda::EventInvokeConfig',
    'LedgerRequestEventInvokeConfig',
  );
  assert.equal(DestinationConfig, { OnFailure: { Destination: '<LedgerFailures.Arn>' } });
  assert.is(MaximumEventAgeInSeconds, 21_600);
});

test('tagledger knows its own calls by the roles of apply and redrive, and by those of member accounts', () => {
  const known = (name: 'ledger' | 'all') =>
    template(name).the(FUNCTION, 'LedgerRequest').Environment.Variables.TAGGER_ROLE_ARN;
  assert.is(known('ledger'), '<LedgerApplyRole.Arn>,<LedgerRedriveRole.Arn>');
  assert.is(
    known('all'),
    [
      '<LedgerApplyRole.Arn>',
      '<LedgerRedriveRole.Arn>',
      'arn:<AWS::Partition>:iam::444455556666:role/tags-member-tagger',
      'arn:<AWS::Partition>:iam::777788889999:role/tags-member-tagger',
    ].join(),
  );
});

test('query alone has a URL, which takes signed requests only', () => {
  assert.equal(
    template('ledger')
      .of('AWS::Lambda::Url')
      .map(([, { Properties }]) => Properties),
    [{ AuthType: 'AWS_IAM', TargetFunctionArn: '<LedgerQuery.Arn>' }],
  );
});

test('a function of one’s own is an entry like the others, and its URL takes signed requests only', () => {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'own', { analyticsReporting: false });
  const code = () => Code.fromInline('exports.handler = async () => undefined');
  const { parts } = new TaggingLedger(stack, 'Ledger', {
    rules: '{"Owner":"{who.name}"}',
    tagKeys: ['Owner'],
    code,
  });
  const spec: FunctionSpec = {
    name: 'count',
    does: 'counts',
    memoryMb: 256,
    timeoutSeconds: 10,
    uses: [reads('Scan')],
    url: true,
  };
  const props = { code, role: roleOf(stack, 'tagledger', spec), logsKey: new Key(stack, 'Key') };
  connected(stack, spec, parts, { ...props, logRetention: RetentionDays.ONE_WEEK });
  const { of, the } = templateOf(app.synth().getStackByName('own').template);
  assert.equal(
    of('AWS::Lambda::Url').map(([, { Properties }]) => [Properties.TargetFunctionArn, Properties.AuthType]),
    [
      ['<LedgerQuery.Arn>', 'AWS_IAM'],
      ['<Count.Arn>', 'AWS_IAM'],
    ],
  );
  assert.equal(the(FUNCTION, 'Count').Environment.Variables, { LEDGER_TABLE: '<Ledger>' });
  const granted = statementsIn(the('AWS::IAM::ManagedPolicy', 'CountPolicy').PolicyDocument);
  assert.ok(linesOf(granted).includes('dynamodb:Scan on <Ledger.Arn>'));
});

/** Starts a function as Lambda does, with these variables alone; gives the names of those that it reads. */
const start = async (
  file: string,
  variables: Record<string, string>,
  run: number,
): Promise<ReadonlySet<string>> => {
  const read = new Set<string>();
  const before = process.env;
  const quiet = {
    POWERTOOLS_TRACE_ENABLED: 'false',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const own = { ...variables, ...quiet, AWS_REGION: 'eu-west-1' };
  process.env = new Proxy(own as NodeJS.ProcessEnv, {
    get: (target, name) => {
      read.add(String(name));
      return target[String(name)];
    },
  });
  try {
    await import(`${file}?run=${run}`);
  } finally {
    process.env = before;
  }
  return read;
};

let runs = 0;
for (const name of ['ledger', 'all'] as const) {
  for (const spec of FUNCTIONS) {
    test(`${spec.name} starts with the variables of its template (${name}), and has none that it does not read`, async () => {
      const id = `Ledger${spec.name.charAt(0).toUpperCase()}${spec.name.slice(1)}`;
      const { Variables } = template(name).the(FUNCTION, id).Environment;
      const variables = valuesOf(Variables, template(name).parameters);
      const file = new URL(`../../src/handlers/${spec.name}/lambda.ts`, import.meta.url).href;
      const read = await start(file, variables, ++runs);
      assert.equal(
        Object.keys(variables).filter((one) => !read.has(one)),
        [],
      );
    });
  }
}

test.run();
