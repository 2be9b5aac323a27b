import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isLedgerStream } from '../../../../src/events/ledger-stream.ts';
import { parseArn } from '../../../../src/events/resource-arn.ts';
import { isSimulated, type TagEvent } from '../../../../src/events/tag-event.ts';
import { verifyChain } from '../../../support/cli/chain.ts';
import { linesOf, type Ran, run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { type Contents, contentsOf } from '../../../support/cli/contents.ts';
import { sample } from '../../../support/cloudtrail/samples.ts';

const test = suite('tagledger demo');
const folder = temporaryFolder(test);
const ledger = join(folder, 'demo');

const TRAIL = 'examples/trail';
const files = readdirSync(TRAIL).map((file) => join(TRAIL, file));
const scenario = JSON.parse(readFileSync(join(TRAIL, '../scenario.json'), 'utf8'));

let first: Ran;
/** Of the processor's time, which does not depend on who else is using the machine. */
let seconds: number;
let contents: Contents;
test.before(async () => {
  const start = process.cpuUsage();
  first = await run(['demo', '--ledger', ledger]);
  const { user, system } = process.cpuUsage(start);
  seconds = (user + system) / 1e6;
  contents = await contentsOf(ledger);
});

/** The number behind a word at the beginning of one of the summary's lines. */
const counted = (word: string): number =>
  Number(new RegExp(`^ *${word} +(\\d+)`, 'm').exec(first.out)?.[1] ?? 'none');

/** How often each value comes. */
const tally = (values: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** What the operations of the trail bring that their records do not name. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  RunInstances: ['volume'],
  CreateVpc: ['security-group', 'network-acl', 'route-table'],
  CreateImage: ['snapshot'],
  CopyImage: ['snapshot'],
};

const causeOf = (event: TagEvent): string | undefined => ('cause' in event ? event.cause.id : undefined);

/** Whether an event is the birth of a resource that no record names. */
const isOfChild = ({ stream, event }: Contents['events'][number]): boolean =>
  'cause' in event && (CHILDREN[event.cause.name ?? '']?.includes(parseArn(stream).type) ?? false);

test('takes less than 15 seconds and ends well', () => {
  assert.is(first.code, 0, first.said);
  assert.ok(seconds < 15, `${seconds} s`);
  assert.match(first.said, /^Replaying \d+ records/);
});

test('its log is signed when all events in it had been recorded', async () => {
  const { out, code, said } = await run(['verify', '--ledger', ledger]);
  assert.is(code, 0, said);
  const [, signed = ''] = /in the sealed log, signed (\S+Z)/.exec(out) ?? [];
  const [newest = ''] = contents.events.map(({ recordedAt }) => recordedAt).sort((a, b) => (a < b ? 1 : -1));
  // A checkpoint's time is in whole seconds.
  const second = (time: string): string => time.slice(0, 19);
  assert.ok(newest !== '' && second(signed) >= second(newest), `${signed}, ${newest}`);
});

test('its numbers are those of the ledger', () => {
  const { events, views } = contents;
  const types = tally(events.map(({ event }) => event.type));
  const statuses = tally(views.map(({ status }) => status));
  assert.is(counted('resources'), views.length);
  for (const status of ['applied', 'observed', 'failed', 'retired']) {
    assert.ok(counted(status) > 0);
    assert.is(counted(status), statuses[status], status);
  }
  // What came in is what is there less what the functions wrote by themselves: outcomes, later attempts, what is given back, and requests for children.
  const outcomes = (types.TagApplied ?? 0) + (types.TagFailed ?? 0);
  const children = events.filter(isOfChild);
  assert.ok(children.length > 40);
  const again = events.filter(
    ({ event }) => event.type === 'TagRequested' && (event.attempt > 1 || event.cause.source === 'tagledger'),
  );
  assert.ok(again.length > 0);
  // What EC2 shows of what ends with what, and what followed from it at once.
  const looks = events.filter(
    ({ event }) =>
      (event.type === 'DependencyObserved' || event.type === 'ResourceRetired') && isSimulated(event),
  );
  assert.ok(looks.length > 40);
  const coverage = types.CoverageRecorded ?? 0;
  assert.ok(coverage > 0);
  assert.is(
    counted('appended'),
    events.length - outcomes - children.length - again.length - looks.length - coverage,
  );
  assert.match(first.out, `${children.length} of them named by no record`);
  for (const type of ['TagRequested', 'TagObserved', 'ResourceRetired'] as const) {
    const own = [...children, ...again, ...looks].filter(({ event }) => event.type === type).length;
    assert.match(first.out, `${(types[type] ?? 0) - own} ${type}`);
  }
  assert.ok(counted('records') >= 200);
  assert.ok(counted('already there') > 0);
  const reasons = [...first.out.matchAll(/^ {4,}(\d+) {2,}\S/gm)].map(([, count]) => Number(count));
  assert.is(
    reasons.reduce((sum, count) => sum + count, 0),
    counted('skipped'),
  );
});

test('what came with instances, VPCs and images bears the tags of who made those', () => {
  const byArn = new Map(contents.views.map((view) => [view.arn, view]));
  const children = contents.events.filter(isOfChild);
  for (const type of ['volume', 'security-group', 'network-acl', 'route-table', 'snapshot']) {
    assert.ok(
      children.some(({ stream }) => parseArn(stream).type === type),
      type,
    );
  }
  const { events, views } = contents;
  const gone = new Set(views.flatMap(({ arn, status }) => (status === 'retired' ? [arn] : [])));
  const isParentGone = (child: string) =>
    events.some(
      ({ stream, event }) =>
        event.type === 'DependencyObserved' &&
        gone.has(stream) &&
        event.children?.some((one) => child.endsWith(`:${one}`)),
    );
  for (const { stream, event } of children) {
    const { status, createdBy, tags } = byArn.get(stream) ?? {};
    assert.is(tags?.find(({ key }) => key === 'Owner')?.value, createdBy?.name);
    const parent = contents.events.find(
      (other) => other.stream !== stream && !isOfChild(other) && causeOf(other.event) === causeOf(event),
    );
    assert.equal(parent && byArn.get(parent.stream)?.createdBy, createdBy);
    assert.is(status, isParentGone(stream) ? 'retired' : 'applied', stream);
  }
});

test('every stream of its ledger is a whole chain, and its rows are what the streams say', () => {
  const streams = verifyChain(contents.events);
  const ofResources = [...streams.keys()].filter((stream) => !isLedgerStream(stream));
  assert.equal(ofResources.sort(), contents.views.map(({ arn }) => arn).sort());
  for (const { arn, lastSeq } of contents.views) assert.is(streams.get(arn)?.length, lastSeq);
});

test('it shows failures, the alert and a history, and what to type next', () => {
  const failed = contents.views.filter(({ status }) => status === 'failed').map(({ id }) => id);
  assert.equal(failed.sort(), [...scenario.denied, ...scenario.ghosts].sort());
  const alerts = contents.events.filter(({ event }) => event.type === 'TagFailed' && !event.retryAt);
  assert.is(alerts.length, failed.length);
  assert.match(first.out, /^ +Subject: tagledger: \d+ resources? not tagged: /m);
  assert.match(first.out, `instance ${scenario.historyOf} in account`);
  assert.match(first.out, `npx tagledger history ${scenario.historyOf} -o json --ledger ${ledger}`);
});

test('the commands that it names work, and find what it said', async () => {
  const named = [...first.out.matchAll(/^ *npx tagledger ((?:history|why|list) .*)$/gm)].map(
    ([, command = '']) => command.split(/ {2,}/)[0]?.split(' ') ?? [],
  );
  assert.is(named.length, 3);
  for (const args of named) {
    const { code, out } = await run(args);
    assert.is(code, 0, args.join(' '));
    assert.ok(out.length > 100);
  }
  const history = JSON.parse((await run(named[0] ?? [])).out);
  for (const event of history) {
    for (const field of ['seq', 'type', 'recordedAt', 'effectiveAt', 'prev', 'hash', 'eventId']) {
      assert.ok(field in event, `${event.type} has ${field}`);
    }
  }
});

test('its text has no control characters', () => {
  for (const line of `${first.out}${first.said}`.split('\n')) assert.not.match(line, /\p{C}/u);
});

test('feeding the same files again appends nothing, and every row stays as it was, byte for byte', async () => {
  const before = (await run(['list', '--ledger', ledger, '--format', 'ndjson'])).out;
  const again = await run([
    'ingest',
    '--simulate',
    ...files,
    '--ledger',
    ledger,
    '--rejects',
    join(folder, 'rejects'),
  ]);
  assert.is(again.code, 0, again.said);
  assert.match(again.out, /^appended +0$/m);
  assert.match(again.out, /^rejected +0$/m);
  assert.not.match(again.said, 'alert');
  assert.is((await run(['list', '--ledger', ledger, '--format', 'ndjson'])).out, before);
  assert.equal((await contentsOf(ledger)).raw, contents.raw);
});

test('a second demo in the same folder begins afresh and gives the same ledger; as JSON it is one value', async () => {
  const second = await run(['demo', '--ledger', ledger, '--format', 'ndjson']);
  assert.is(second.code, 0);
  const [report, ...others] = linesOf<{ resources: { total: number }; tally: { appended: number } }>(
    second.out,
  );
  assert.equal(others, []);
  assert.is(report?.resources.total, contents.views.length);
  assert.is(report?.tally.appended, counted('appended'));
  const { events, views } = await contentsOf(ledger);
  const namesOf = (of: Contents['events']) =>
    of.map(({ stream, seq, event }) => `${stream} ${seq} ${event.eventId}`).sort();
  assert.equal(namesOf(events), namesOf(contents.events));
  assert.equal(
    views.map(({ arn, status }) => `${arn} ${status}`).sort(),
    contents.views.map(({ arn, status }) => `${arn} ${status}`).sort(),
  );
});

test("a demo's ledger that took in something new is one's own: the next demo leaves it alone", async () => {
  const file = join(folder, 'own.json');
  const record = sample('CreateVolume', { responseElements: { volumeId: 'vol-0a1b2c3d4e5f60718' } });
  writeFileSync(file, JSON.stringify(record));
  const other = join(folder, 'claimed');
  assert.is((await run(['demo', '--ledger', other])).code, 0);
  assert.match((await run(['ingest', '--simulate', file, '--ledger', other])).out, /^appended +1 /m);
  const { code, said } = await run(['demo', '--ledger', other]);
  assert.is(code, 1);
  assert.match(said, 'is not a demo ledger, so the demo does not replace it.');
  assert.is((await run(['state', 'vol-0a1b2c3d4e5f60718', '--ledger', other])).code, 0);
});

test("a demo onto one's own ledger is refused and changes nothing", async () => {
  const own = join(folder, 'own');
  const [file = ''] = files;
  assert.is((await run(['ingest', '--simulate', file, '--ledger', own])).code, 0);
  const before = await contentsOf(own);
  const { code, out, said } = await run(['demo', '--ledger', own]);
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(said, 'is not a demo ledger, so the demo does not replace it.');
  assert.equal(await contentsOf(own), before);
  assert.ok(existsSync(join(own, 'tagledger.json')));
});

test.run();
