import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LedgerLine } from '../../../../src/events/ledger-line.ts';
import type { Provenance } from '../../../../src/verifier/provenance.ts';
import { run, temporaryFolder } from '../../../support/cli/command-line.ts';
import { forge, headerIn, linesIn, rehashed } from '../../../support/cli/forge-export.ts';
import { ingestUnsealed } from '../../../support/cli/unsealed.ts';
import { launch, tagging } from '../../../support/cloudtrail/trail.ts';
import { streamOf } from '../../../support/events.ts';

const test = suite('exports beside a log that has grown');
const folder = temporaryFolder(test);
const at = (name: string) => join(folder, name);
const [ledger, other, copy] = [at('ledger'), at('other'), at('copy')];
const [early, march, until, since, unsealed] = ['early', 'march', 'until', 'since', 'unsealed'].map((name) =>
  at(`${name}.ndjson.gz`),
) as [string, string, string, string, string];
const LOG = ['--key', join(ledger, 'seal.vkey'), '--log', join(ledger, 'log')];

const succeeds = async (...args: readonly string[]) => {
  const { code, out, said } = await run(args);
  assert.is(code, 0, said);
  return out;
};
const ingest = async (where: string, ...records: readonly unknown[]) => {
  writeFileSync(at('trail.json'), JSON.stringify({ Records: records }));
  await succeeds('ingest', '--simulate', at('trail.json'), '--ledger', where);
};

/** The header and the events of the honest export of March. */
let header: Provenance;
let lines: readonly LedgerLine[];
let size = 0;
let allSealed = 0;
/** The last export, once everything is sealed. */
const now = at('now.ndjson.gz');

const sizeOf = ({ log }: Provenance): number => Number(log?.checkpoint.split('\n')[1]);

test.before(async () => {
  await ingestUnsealed(ledger, [launch(['i-01', 'i-02'])]);
  await succeeds('export', '--out', unsealed, '--ledger', ledger);
  await succeeds('seal', '--ledger', ledger);
  await succeeds('export', '--out', early, '--ledger', ledger);
  const middle =
    linesIn(early)
      .map(({ recordedAt }) => recordedAt)
      .sort()
      .at(-1) ?? '';
  await ingest(ledger, launch(['i-03', 'i-04']), tagging('i-02', { Team: 'shop' }));
  await succeeds('seal', '--ledger', ledger);
  await succeeds('export', '--out', march, '--ledger', ledger);
  await succeeds('export', '--out', until, '--to', middle, '--ledger', ledger);
  await succeeds('export', '--out', since, '--from', middle, '--ledger', ledger);
  cpSync(ledger, copy, { recursive: true });
  await ingest(ledger, launch(['i-05', 'i-06']), tagging('i-01', { Stage: 'prod' }));
  await succeeds('seal', '--ledger', ledger);
  await succeeds('export', '--out', now, '--ledger', ledger);
  await ingest(other, launch(['i-01', 'i-02']));
  await succeeds('seal', '--ledger', other);
  [header, lines] = [await headerIn(march), linesIn(march)];
  size = sizeOf(header);
  allSealed = sizeOf(await headerIn(now)) - 1;
  assert.ok(size > sizeOf(await headerIn(early)) && allSealed > size);
});

interface Answer {
  readonly verdicts: Readonly<Record<string, string>>;
  readonly findings: readonly { readonly check: string; readonly kind: string }[];
  readonly unproven: readonly string[];
  readonly completeness: unknown;
}
/** What verify says of a file, with the key and the log of today. */
const verified = async (file: string, ...more: readonly string[]) => {
  const { code, out, said } = await run(['verify', '--ledger', file, ...LOG, ...more, '--format', 'json']);
  assert.ok(out.startsWith('{'), said);
  const answer: Answer = JSON.parse(out);
  const { integrity, sealed, completeness } = answer.verdicts;
  return {
    ...answer,
    code,
    verdict: [integrity, sealed, completeness].join(' '),
    kinds: answer.findings.map(({ check, kind }) => `${check} ${kind}`),
  };
};

test('an honest whole export verifies, and says what it does not claim', async () => {
  assert.is((await verified(march)).verdict, 'ok ok ok');
  const { code, out, said } = await run(['verify', '--ledger', march, ...LOG]);
  assert.equal([code, said], [0, '']);
  const text = out.split('\n');
  assert.match(
    text[0] ?? '',
    /^origin +CLAIMED +all events of ledger \(simulated\), exported \S+Z by tagledger \d/,
  );
  assert.match(out, new RegExp(`^sealed +OK +${lines.length} events are in the sealed log, signed `, 'm'));
  const later = allSealed - lines.length;
  assert.match(
    out,
    new RegExp(
      `^completeness +OK +compared with the ${lines.length} events among the first ${size} entries of the log, signed \\S+Z; the log has ${later} later ones, which this file does not claim$`,
      'm',
    ),
  );
});

test('so does the newest export, of which the log has no later ones', async () => {
  const { code, out } = await run(['verify', '--ledger', now, ...LOG]);
  assert.is(code, 0);
  assert.not.match(out, 'does not claim');
});

test('an export of a period holds what the log has, and is not proven complete', async () => {
  for (const [file, words] of [
    [until, /recorded until \S+Z only/],
    [since, /recorded from \S+Z only/],
  ] as const) {
    const { code, verdict, unproven } = await verified(file);
    assert.equal([code, verdict], [4, 'ok ok not-checked'], unproven.join());
    assert.match(unproven.join(), words);
  }
});

test('an export of a period is proven complete up to a size of the log, or a checkpoint, that you know', async () => {
  const known = await headerIn(early);
  writeFileSync(at('known'), known.log?.checkpoint ?? '');
  for (const more of [
    ['--at-size', String(sizeOf(known))],
    ['--checkpoint', at('known')],
  ]) {
    const { code, verdict, completeness } = await verified(until, ...more);
    assert.equal([code, verdict], [0, 'ok ok ok']);
    assert.equal((completeness as { atSize: number }).atSize, sizeOf(known));
  }
  assert.is((await verified(until, '--at-size', String(size))).verdict, 'ok ok failed');
});

test('events that were not sealed when they were exported are found in the log later, which shows nothing of others', async () => {
  const { code, verdict, unproven } = await verified(unsealed);
  assert.equal([code, verdict], [4, 'ok ok not-checked']);
  assert.match(unproven.join(), 'names no checkpoint');
});

/** Whether an event is of this instance. */
const isOf = (id: string) => (line: LedgerLine) => line.stream === streamOf(id);
const without = (...gone: readonly LedgerLine[]) => lines.filter((line) => !gone.includes(line));
const lastOf = (id: string) => lines.filter(isOf(id)).at(-1) as LedgerLine;
const asMallory = (body: string) => body.replaceAll('ada', 'mal');
const eventsOf = (id: string, change: (of: readonly LedgerLine[]) => readonly LedgerLine[]) => [
  ...lines.filter((line) => line.stream < streamOf(id)),
  ...change(lines.filter(isOf(id))),
  ...lines.filter((line) => line.stream > streamOf(id)),
];

type Attack = readonly [
  name: string,
  make: (path: string) => string | Promise<string>,
  code: number,
  verdict: string,
  kinds: readonly string[],
];
const ATTACKS: readonly Attack[] = [
  ['stripped of its header', (path) => forge(path, lines), 4, 'ok ok not-checked', []],
  [
    'stripped, and a resource left out',
    (path) =>
      forge(
        path,
        lines.filter((line) => !isOf('i-03')(line)),
      ),
    4,
    'ok ok not-checked',
    [],
  ],
  [
    'truncated: the tail of a resource left out',
    (path) => forge(path, without(lastOf('i-04')), header),
    3,
    'ok ok failed',
    ['completeness tail-cut'],
  ],
  [
    'truncated: the tail of a resource left out of which the log has later events',
    (path) => forge(path, without(lastOf('i-01')), header),
    3,
    'ok ok failed',
    ['completeness tail-cut'],
  ],
  [
    'truncated: a resource left out',
    (path) =>
      forge(
        path,
        lines.filter((line) => !isOf('i-01')(line)),
        header,
      ),
    3,
    'ok ok failed',
    ['completeness stream-deleted'],
  ],
  [
    'truncated: the newest events left out',
    (path) => forge(path, linesIn(early), header),
    3,
    'ok ok failed',
    ['completeness rolled-back'],
  ],
  [
    'truncated under the header of the whole',
    (path) => {
      const bytes = readFileSync(forge(path, without(lastOf('i-04'))));
      const whole = readFileSync(march);
      const begin = whole.indexOf(Buffer.from([0x1f, 0x8b, 8, 0]));
      writeFileSync(path, Buffer.concat([whole.subarray(0, begin), bytes]));
      return path;
    },
    3,
    'failed ok failed',
    ['integrity header', 'completeness tail-cut'],
  ],
  [
    'altered in a body',
    (path) =>
      forge(
        path,
        lines.map((line, i) => (i === 0 ? { ...line, body: asMallory(line.body) } : line)),
        header,
      ),
    3,
    'failed ok ok',
    ['integrity hash'],
  ],
  [
    'altered in a resource that was hashed anew',
    (path) =>
      forge(
        path,
        eventsOf('i-03', (of) => rehashed(of, asMallory)),
        header,
      ),
    3,
    'ok failed ok',
    ['sealed changed'],
  ],
  [
    'altered in a resource that was hashed anew, of which the log has later events',
    (path) =>
      forge(
        path,
        eventsOf('i-01', (of) => rehashed(of, asMallory)),
        header,
      ),
    3,
    'ok failed ok',
    ['sealed changed'],
  ],
  [
    'hashed anew as a whole',
    (path) => forge(path, rehashed(lines, asMallory), header),
    3,
    'ok failed ok',
    ['sealed changed'],
  ],
  [
    'hashed anew as a whole, and stripped',
    (path) => forge(path, rehashed(lines, asMallory)),
    3,
    'ok failed not-checked',
    ['sealed changed'],
  ],
  [
    're-headed as a period, and a resource left out',
    (path) =>
      forge(
        path,
        lines.filter((line) => !isOf('i-03')(line)),
        {
          ...header,
          selection: { kind: 'period', until: header.newestRecordedAt },
        },
      ),
    4,
    'ok ok not-checked',
    [],
  ],
  [
    're-headed as whole: an export of a period under the checkpoint of its day',
    async (path) => forge(path, linesIn(until), { ...(await headerIn(until)), selection: { kind: 'whole' } }),
    3,
    'ok ok failed',
    ['completeness rolled-back'],
  ],
  [
    're-headed: an export since some day as whole',
    async (path) => forge(path, linesIn(since), { ...(await headerIn(since)), selection: { kind: 'whole' } }),
    3,
    'failed ok failed',
    [],
  ],
  [
    're-headed with a later checkpoint of the log: an old export passed off as today’s',
    async (path) => forge(path, lines, await headerIn(now)),
    3,
    'ok ok failed',
    ['completeness rolled-back'],
  ],
  [
    're-headed with an older checkpoint of the log, and a later resource left out',
    async (path) =>
      forge(
        path,
        lines.filter((line) => !isOf('i-03')(line)),
        { ...header, log: (await headerIn(early)).log },
      ),
    4,
    'ok ok not-checked',
    [],
  ],
  [
    're-headed with a checkpoint of another log',
    async (path) => {
      const to = at('of-another.ndjson.gz');
      if (!existsSync(to)) await succeeds('export', '--out', to, '--ledger', other);
      return forge(path, lines, { ...header, log: (await headerIn(to)).log });
    },
    3,
    'ok failed not-checked',
    ['sealed unknown-key'],
  ],
  [
    're-headed with a checkpoint that was edited',
    (path) =>
      forge(path, lines, {
        ...header,
        log: {
          origin: header.log?.origin ?? '',
          checkpoint: header.log?.checkpoint.replace(`\n${size}\n`, `\n${size - 1}\n`) ?? '',
        },
      }),
    3,
    'ok failed not-checked',
    ['sealed bad-signature'],
  ],
  [
    're-headed with another origin than its checkpoint has',
    (path) =>
      forge(path, lines, {
        ...header,
        log: { origin: 'example.com/other', checkpoint: header.log?.checkpoint ?? '' },
      }),
    3,
    'failed ok ok',
    ['integrity header'],
  ],
  [
    're-headed as observed, although a simulation told of its events',
    (path) => forge(path, lines, { ...header, mode: 'observed' }),
    3,
    'failed ok ok',
    ['integrity header'],
  ],
  [
    'lengthened by an event that was never recorded',
    (path) =>
      forge(
        path,
        eventsOf('i-03', (of) => {
          const last = of.at(-1) as LedgerLine;
          const seq = last.seq + 1;
          const eventId = 'A'.repeat(22);
          const recordedAt = new Date(Date.parse(last.recordedAt) + 1).toISOString();
          const body = last.body
            .replace(`"eventId":"${last.eventId}"`, `"eventId":"${eventId}"`)
            .replace(`"recordedAt":"${last.recordedAt}"`, `"recordedAt":"${recordedAt}"`);
          const more = { ...last, seq, eventId, recordedAt, prev: last.hash, body };
          return [...of, ...rehashed([more], (same) => same)];
        }),
        header,
      ),
    4,
    'ok not-checked ok',
    [],
  ],
];

for (const [n, [name, make, code, verdict, kinds]] of ATTACKS.entries()) {
  test(`an export that was ${name} does not pass`, async () => {
    const found = await verified(await make(at(`attacked-${n}.ndjson.gz`)));
    assert.equal(
      [found.code, found.verdict],
      [code, verdict],
      `${found.kinds.join()} ${found.unproven.join()}`,
    );
    if (kinds.length > 0 || code !== 3) assert.equal([...new Set(found.kinds)], kinds);
    assert.is(found.code === 4, found.unproven.length > 0);
  });
}

test('an older export is what it says: an older one, which a known checkpoint or size shows', async () => {
  assert.is((await verified(early)).verdict, 'ok ok ok');
  writeFileSync(at('kept'), header.log?.checkpoint ?? '');
  for (const more of [
    ['--checkpoint', at('kept')],
    ['--at-size', String(size)],
  ]) {
    const { code, verdict, kinds } = await verified(early, ...more);
    assert.equal([code, verdict, kinds], [3, 'ok ok failed', ['completeness rolled-back']]);
  }
});

test('a checkpoint that is given asks for no less than the one in the header', async () => {
  writeFileSync(at('older'), (await headerIn(early)).log?.checkpoint ?? '');
  const { code, verdict, completeness } = await verified(march, '--checkpoint', at('older'));
  assert.equal([code, verdict, (completeness as { atSize: number }).atSize], [0, 'ok ok ok', size]);
  const cut = forge(at('cut.ndjson.gz'), without(lastOf('i-04')), header);
  const found = await verified(cut, '--checkpoint', at('older'));
  assert.equal([found.code, found.kinds], [3, ['completeness tail-cut']]);
});

test('a size below what a file holds shows nothing of the later events', async () => {
  const below = sizeOf(await headerIn(early));
  const { code, verdict, unproven } = await verified(march, '--at-size', String(below));
  assert.equal([code, verdict], [4, 'ok ok not-checked']);
  assert.equal(unproven, [
    `UNPROVEN: nothing shows that ${march} is complete: looked only up to size ${below} of the log, and the file holds ${size - below} later events, which may not be all. Pass --at-size N or --checkpoint FILE to say how much of the log it must hold.`,
  ]);
});

test('a size at which the log has no event shows nothing', async () => {
  const { code, verdict, unproven } = await verified(ledger, '--at-size', '1');
  assert.equal([code, verdict], [4, 'ok ok not-checked']);
  assert.match(unproven.join(), 'the log has no event below size 1');
});

test('a size that the log does not have shows that the log was cut', async () => {
  const { code, kinds } = await verified(march, '--at-size', '1000');
  assert.equal([code, kinds], [3, ['sealed cut']]);
});

test('without the key, a file is unproven whatever its header says', async () => {
  const forged = forge(at('anew.ndjson.gz'), rehashed(lines, asMallory), header);
  for (const file of [march, forged]) {
    const { code, out, said } = await run(['verify', '--ledger', file]);
    assert.is(code, 4);
    assert.match(out, /^integrity +OK /m);
    assert.match(out, /^sealed +NOT CHECKED /m);
    assert.is(
      said,
      `UNPROVEN: ${file} is internally consistent, but anyone can make such a file. Pass --key FILE, the public key of the log, and --log WHERE, its folder or s3://BUCKET/PREFIX, to compare it with the sealed log.\n`,
    );
  }
});

test('a restored ledger is complete up to the size of the log that it was backed up at', async () => {
  const restored = at('restored');
  await succeeds('import', march, '--ledger', restored);
  const today = await verified(restored);
  assert.equal([today.code, today.verdict], [3, 'ok ok failed'], 'a ledger must have all that its log has');
  const then = await verified(restored, '--at-size', String(size));
  assert.equal([then.code, then.verdict], [0, 'ok ok ok']);
});

test('a copy of a folder verifies against the log that was copied with it, and as of its size against today’s', async () => {
  const own = await run(['verify', '--ledger', copy]);
  assert.is(own.code, 0, own.said);
  assert.equal([(await verified(copy)).code, (await verified(copy, '--at-size', String(size))).code], [3, 0]);
});

test('a folder is compared with its log by its own key, and it is said whose key it is', async () => {
  const { code, out, said } = await run(['verify', '--ledger', ledger]);
  assert.equal([code, said], [0, '']);
  assert.match(out, /^key +OWN +the folder's own key: whoever can change the folder can sign with it, too$/m);
  assert.match(
    out,
    /^completeness +OK +compared with the \d+ events among the first \d+ entries of the log$/m,
  );
  const json = JSON.parse((await run(['verify', '--ledger', ledger, '--format', 'json'])).out);
  assert.is(json.ownKey, true);
  const given = JSON.parse(
    (await run(['verify', '--ledger', ledger, ...LOG.slice(0, 2), '--format', 'json'])).out,
  );
  assert.is(given.ownKey, false);
});

test('a folder that has the key of its log and not the log is found', async () => {
  const cut = at('logless');
  cpSync(copy, cut, { recursive: true });
  rmSync(join(cut, 'log'), { recursive: true });
  const { code, out } = await run(['verify', '--ledger', cut, '--format', 'json']);
  assert.is(code, 3);
  const { verdicts, findings } = JSON.parse(out) as Answer;
  assert.is(verdicts.sealed, 'failed');
  assert.is(findings[0]?.kind, 'damaged');
});

test('an export from before a new log was begun verifies against the log of its day', async () => {
  const moved = at('moved');
  cpSync(copy, moved, { recursive: true });
  const oldKey = readFileSync(join(moved, 'seal.vkey'), 'utf8');
  await succeeds('seal', '--new-log', '--ledger', moved);
  const keys = at('keys');
  writeFileSync(keys, oldKey + readFileSync(join(moved, 'seal.vkey'), 'utf8'));
  assert.is(readdirSync(join(moved, 'log', 'logs')).length, 2);
  const args = ['verify', '--ledger', march, '--key', keys, '--log', join(moved, 'log')];
  const { code, said } = await run(args);
  assert.equal([code, said], [0, '']);

  const newKey = join(moved, 'seal.vkey');
  const origin = header.log?.origin;
  const alone = await run(['verify', '--ledger', march, '--key', newKey, '--log', join(moved, 'log')]);
  assert.is(alone.code, 4, alone.out);
  assert.match(alone.out, /^sealed +OK +/m);
  assert.match(alone.out, /^completeness +NOT CHECKED +/m);
  assert.is(
    alone.said,
    `UNPROVEN: nothing shows that ${march} is complete: its checkpoint is of the log ${origin}, whose key was not given. Pass the key of ${origin} with --key.\n`,
  );
  const forged = forge(at('of-the-old-log.ndjson.gz'), rehashed(lines, asMallory), header);
  assert.is(
    (await run(['verify', '--ledger', forged, '--key', newKey, '--log', join(moved, 'log')])).code,
    3,
  );
});

test('F9: a record of a log that cannot be read is a finding that says why', async () => {
  const damaged = at('damaged-log');
  cpSync(copy, damaged, { recursive: true });
  const [name = ''] = readdirSync(join(damaged, 'log', 'logs'));
  writeFileSync(join(damaged, 'log', 'logs', name), 'none');
  const { code, out } = await run(['verify', '--ledger', damaged]);
  assert.is(code, 3);
  assert.match(out, `the object logs/${name}, which does not name the log and its key`);
});

test.run();
