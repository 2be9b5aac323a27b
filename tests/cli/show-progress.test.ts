import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFolderRuntime } from '../../src/cli/ledger/open-runtime.ts';
import { showFeed, showReading } from '../../src/cli/ledger/show-reading.ts';
import { main } from '../../src/cli/main.ts';
import { PLAIN_TEXT } from '../../src/cli/text-style.ts';
import { listOf, rejectionOf } from '../support/async.ts';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { start } from '../support/cli/spawned.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const test = suite('the progress of commands');
const folder = temporaryFolder(test);
const at = (name: string): string => join(folder, name);
const [LEDGER, FILE, TRAIL, POLICY] = [
  at('ledger'),
  at('all.ndjson.gz'),
  at('trail.json'),
  at('policy.json'),
];
const VOLUME = 'vol-0a1b2c3d4e5f60718';

type Progress = readonly [done: number, total: number | undefined, what: string];

/** Runs a command, and returns the progress that it shows. */
const progressOf = async (...args: readonly string[]): Promise<readonly Progress[]> => {
  const shown: Progress[] = [];
  const said: string[] = [];
  const stderr = (line: string) => said.push(line);
  const progress = (...one: Progress) => shown.push(one);
  const console = { stdout() {}, stderr, note: stderr, progress, style: PLAIN_TEXT };
  const code = await main(args, {}, () => console);
  assert.ok(code === 0 || code === 4, said.join('\n'));
  return shown;
};

test.before(async () => {
  const volumes = ['', '1', '2'].map((end) =>
    sample('CreateVolume', { eventID: `e${end}`, responseElements: { volumeId: `${VOLUME}${end}` } }),
  );
  writeFileSync(TRAIL, JSON.stringify(volumes));
  writeFileSync(POLICY, JSON.stringify({ tagledger: 1, rules: [{ key: 'Owner' }] }));
  assert.is((await run(['ingest', '--simulate', TRAIL, '--ledger', LEDGER])).code, 0);
  assert.is((await run(['export', '--to', FILE, '--ledger', LEDGER])).code, 0);
});

const OVER_TIME = ['compliance', POLICY, '--from', '2026-03-30', '--to', '2026-04-01'];
const commands: readonly (readonly [counts: string, ...args: string[]])[] = [
  ['resources', 'list', '--ledger', LEDGER],
  ['resources', 'history', VOLUME, '--ledger', LEDGER],
  ['resources', 'compliance', POLICY, '--ledger', LEDGER],
  ['instants', ...OVER_TIME, '--ledger', LEDGER],
  ['events', 'changes', '--ledger', LEDGER],
  ['events', 'verify', '--ledger', LEDGER],
  ['events', 'doctor', '--ledger', LEDGER],
  ['events', 'rebuild', '--check', '--ledger', LEDGER],
  ['events', 'rebuild', '--ledger', LEDGER],
  ['events', 'archive', 'check', '--ledger', LEDGER],
  ['events', 'archive', 'rebuild', '--ledger', LEDGER],
  ['events archived', 'archive', 'rebuild', '--ledger', LEDGER],
  ['messages', 'redrive', '--ledger', LEDGER],
  ['events', 'seal', '--ledger', LEDGER],
  ['resources', 'prove', VOLUME, '--ledger', LEDGER],
  ['events', 'list', '--ledger', FILE],
  ['events', 'history', VOLUME, '--ledger', FILE],
  ['events', 'compliance', POLICY, '--ledger', FILE],
  ['events', 'changes', '--ledger', FILE],
  ['events', 'verify', '--ledger', FILE],
  ['kB', 'list', '--ledger', FILE],
  ['entries of the log', 'verify', '--ledger', LEDGER],
  ['entries of the log', 'doctor', '--ledger', LEDGER],
  ['events', 'export', '--to', at('again.ndjson.gz'), '--ledger', FILE],
  ['events', 'import', FILE, '--ledger', at('imported')],
  ['kB', 'ingest', TRAIL, '--ledger', at('observed')],
  ['kB', 'plan', TRAIL],
];
for (const [what, ...args] of commands) {
  test(`${args.filter((arg) => !arg.includes(folder)).join(' ')} counts ${what}, to the end`, async () => {
    const shown = await progressOf(...args);
    const counted = shown.filter((one) => one[2] === what);
    const [done, total] = counted.at(-1) ?? [];
    assert.ok(done !== undefined && done === total, JSON.stringify(shown));
  });
}

test('the number of events is known from the beginning, of a folder and of a file', async () => {
  for (const ledger of [LEDGER, FILE]) {
    const shown = await progressOf('verify', '--ledger', ledger);
    const [first, ...others] = shown.filter(([, , what]) => what === 'events');
    assert.ok(first?.[1] !== undefined && first[1] > 0);
    assert.equal(others.at(-1), [first[1], first[1], 'events'], 'and it is right');
  }
});

test('what an earlier process left to the consumers is counted by the command that opens the folder', async () => {
  const ledger = at('left');
  const left = await openFolderRuntime(ledger, {}, { create: 'observed' });
  const records = [1, 2, 3].map((n) =>
    sample('CreateVolume', { eventID: `left-${n}`, responseElements: { volumeId: `${VOLUME}${n}` } }),
  );
  await left.embedded.request(records, 'left');
  await left.close();
  const counted = (await progressOf('consume', '--ledger', ledger)).filter(
    ([, , what]) => what === 'events processed',
  );
  assert.equal(counted[0], [3, 3, 'events processed']);
});

test('each batch of a change feed is counted, and its end ends the count', async () => {
  const shown: Progress[] = [];
  const committed: number[] = [];
  let at = 0;
  const feed = {
    read: async () => (at < 5 ? { entries: [], next: Math.min(5, at + 2) } : undefined),
    commit: (_: string, next: number) => {
      at = next;
      committed.push(next);
    },
  };
  const { read, commit } = showFeed(
    feed,
    (...one) => shown.push(one),
    () => 5,
  );
  for (let some = await read('a', 2); some; some = await read('a', 2)) commit('a', some.next);
  assert.equal(committed, [2, 4, 5]);
  assert.equal(
    shown.map(([done, total]) => [done, total]),
    [
      [2, 5],
      [4, 5],
      [5, 5],
      [5, 5],
    ],
  );
});

async function* numbers(end: number): AsyncGenerator<number> {
  for (let i = 0; i < end; i++) yield i;
}

test('what is read is the same, and a thousand items show their progress once', async () => {
  const shown: Progress[] = [];
  const show = (...one: Progress) => shown.push(one);
  const read = await listOf(showReading(numbers(2_500), { show, what: 'events', total: 2_500 }));
  assert.equal(read, await listOf(numbers(2_500)));
  assert.equal(shown, [
    [0, 2_500, 'events'],
    [1_000, 2_500, 'events'],
    [2_000, 2_500, 'events'],
    [2_500, 2_500, 'events'],
  ]);
});

test('a reader that leaves early ends the count and the reading, and so does an error', async () => {
  const shown: Progress[] = [];
  let isEnded = false;
  async function* items(): AsyncGenerator<number> {
    try {
      yield* numbers(9);
      throw new Error('broken');
    } finally {
      isEnded = true;
    }
  }
  const reading = () => showReading(items(), { show: (...one) => shown.push(one), what: 'events' });
  for await (const one of reading()) if (one === 2) break;
  assert.ok(isEnded);
  assert.equal(shown.at(-1), [3, 3, 'events']);
  assert.match(String(await rejectionOf(listOf(reading()))), 'broken');
  assert.equal(shown.at(-1), [9, 9, 'events']);
});

test('timers and signals have their turn while something is read that never waits', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await listOf(showReading(numbers(200_000), { show() {}, what: 'events' }));
  clearInterval(timer);
  assert.ok(turns > 0);
});

test('nothing is drawn into a pipe, however long it takes', async () => {
  const running = start(['ingest', '-', '--ledger', at('piped')], { staysOpen: true });
  while (!existsSync(at('piped')) && running.child.exitCode === null) await delay(10);
  await delay(700);
  running.child.stdin?.end('{}\n');
  const { said } = await running.exited;
  assert.not.ok(said.includes('\r') || said.includes('kB'), said);
});

test('an interrupted export removes its temporary files', async () => {
  const to = at('never.ndjson.gz');
  const running = start(['export', '--ledger', LEDGER, '--to', to]);
  const isBegun = () => readdirSync(folder).some((name) => name.startsWith('.tagledger-export-'));
  while (!isBegun() && running.child.exitCode === null) await delay(1);
  running.child.kill('SIGINT');
  const { code } = await running.exited;
  assert.ok(code === 130 || existsSync(to), 'it may have ended before the signal');
  assert.not.ok(isBegun());
});

test.run();
