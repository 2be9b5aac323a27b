import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveDifference } from '../../src/archive/check/difference.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { LedgerMode } from '../../src/cli/ledger/ledger-mode.ts';
import type { FilesStatus } from '../../src/cloudtrail/digest/trail-range.ts';
import type { Confidence } from '../../src/cloudtrail/identity/confidence.ts';
import { STATUSES } from '../../src/compliance/status.ts';
import { GROUPINGS } from '../../src/compliance/tally.ts';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { CauseSchema, EVENT_FORMATS, FailureClassSchema, type TagEvent } from '../../src/events/tag-event.ts';
import { OUTCOMES } from '../../src/explain/outcome.ts';
import type { TagFate } from '../../src/explain/tags.ts';
import type { Redriven } from '../../src/handlers/redrive/redrive.ts';
import type { Result } from '../../src/intake/planned-write.ts';
import type { Change } from '../../src/projections/changes.ts';
import type { Difference } from '../../src/projections/compare.ts';
import type { Horizon } from '../../src/projections/horizon.ts';
import type { Standing } from '../../src/projections/resource-at-view.ts';
import { ROW_STATUSES } from '../../src/projections/row-status.ts';
import { linesOf, run, temporaryFolder } from '../support/cli/command-line.ts';
import { editEvent, inDatabase, removeRow, tamper } from '../support/cli/database.ts';
import { digestChain, logKey, trailSigner, writeBucket } from '../support/cloudtrail/digests.ts';

const test = suite('the schemas of JSON output');
const folder = temporaryFolder(test);
const at = (name: string): string => join(folder, name);

const SCHEMAS = 'schemas';
const FORMATS = ['json', 'ndjson'] as const;
type JsonFormat = (typeof FORMATS)[number];

const fileOf = (command: string, format: JsonFormat): string => `${command}.${format}.schema.json`;
const schemaIn = (file: string) => JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8'));

const ajv = new Ajv2020({ allowUnionTypes: true });
const checks = new Map(readdirSync(SCHEMAS).map((file) => [file, ajv.compile(schemaIn(file))]));

/** What is wrong with a value by the schema of a command and format; empty if nothing is. */
const problemsOf = (command: string, format: JsonFormat, value: unknown): string => {
  const check = checks.get(fileOf(command, format));
  assert.ok(check, `${command} ${format}`);
  return check(value) ? '' : ajv.errorsText(check.errors);
};

const VOLUME = 'vol-08e2e5a1c1e84f496';
const INSTANCE = 'i-031f7fc5ee54c269b';
const ARN = `arn:aws:ec2:eu-west-1:111122223333:instance/${INSTANCE}`;
const POLICY = 'examples/required-tags.json';
const TRAIL = 'examples/trail';
const [SEALED, BROKEN, ROWLESS] = [at('sealed'), at('broken'), at('rowless')];

test.before(async () => {
  assert.is((await run(['demo', '--ledger', SEALED])).code, 0);
  cpSync(SEALED, BROKEN, { recursive: true });
  await tamper(BROKEN, (database) =>
    editEvent(database, { stream: ARN, seq: 1 } as never, 'hash', Buffer.alloc(32)),
  );
  cpSync(SEALED, ROWLESS, { recursive: true });
  await inDatabase(ROWLESS, (database) => removeRow(database, ARN as never));
  cpSync(ROWLESS, `${ROWLESS}-2`, { recursive: true });
  writeFileSync(at('no-policy.json'), '{"tagledger":1,"rulez":[]}');
  writeTrail();
  writeFileSync(at('torn.ndjson'), '{"half":\n');
  writeFileSync(at('dead.ndjson'), `${JSON.stringify({ not: 'a dead letter' })}\n`);
  assert.is((await run(['export', '--out', at('all.ndjson.gz'), '--ledger', SEALED])).code, 0);
  writeFileSync(at('proof.json'), (await run(['prove', INSTANCE, '--ledger', SEALED])).out);
});

/** A trail of which all can be said that is said of one: it lacks a log file and a digest, and has files in no digest. */
const writeTrail = (): void => {
  const signer = trailSigner();
  const logs = [0, 1, 2, 3].map((hour) => ({
    key: logKey(`2026-03-30T0${hour}:55:00Z`, `a${hour}`),
    content: '{"Records":[]}',
  }));
  const digests = digestChain(
    logs.map((log) => [log]),
    { signer },
  );
  const others = [{ key: 'AWSLogs/own.json', content: '[]' }];
  writeBucket(at('bucket'), [...logs.slice(1), ...others, ...digests.filter((_, hour) => hour !== 2)]);
  writeFileSync(at('trail-keys.json'), JSON.stringify(signer.publicKeys));
};

const trail = readdirSync(TRAIL).map((name) => join(TRAIL, name));
const sealed = ['--ledger', SEALED];
const TAKEN = ['--taken-at', '2026-03-29T09:00Z', '--account', '111122223333', '--region', 'eu-west-1'];
const broken = ['--ledger', BROKEN];

/** Command lines without `-o`. The word FORMAT stands for the format, so that each run writes a file of its own. */
const LINES: readonly (readonly string[])[] = [
  ['demo', '--ledger', at('demo-FORMAT')],
  ['ingest', ...trail, at('torn.ndjson'), '--rejects', at('rejects'), '--ledger', at('observed-FORMAT')],
  ['ingest', ...trail, '--by-file', '--ledger', at('observed-FORMAT')],
  ['baseline', 'examples/baseline/describe-volumes.json', ...TAKEN, '--ledger', at('baseline-FORMAT')],
  ['state', 'vol-0b7c2d9e84f1a3605', '--ledger', at('baseline-json')],
  ['list', '--ledger', at('baseline-json')],
  ['compliance', '--policy', POLICY, '--ledger', at('baseline-json')],
  ['timeline', 'vol-0b7c2d9e84f1a3605', '--ledger', at('baseline-json')],
  ['changes', '--ledger', at('baseline-json')],
  ['plan', ...trail, '--rejects', at('rejects')],
  ['coverage'],
  ['list', ...sealed],
  ['state', INSTANCE, ...sealed],
  ['state', INSTANCE, '--as-of', '2026-03-30T12:00Z', ...sealed],
  ['state', INSTANCE, '--ledger', at('all.ndjson.gz')],
  ['history', INSTANCE, ...sealed],
  ['history', VOLUME, ...sealed],
  ['why', INSTANCE, ...sealed],
  ['why', VOLUME, '--trail', trail[0] ?? '', ...sealed],
  ['timeline', INSTANCE, ...sealed],
  ['timeline', VOLUME, ...sealed],
  ['changes', ...sealed],
  ['compliance', '--policy', POLICY, ...sealed],
  ['compliance', '--policy', POLICY, '--from', '2026-03-29', '--to', '2026-03-31', ...sealed],
  ['verify', ...sealed],
  ['verify', ...broken],
  ['verify', '--ledger', at('all.ndjson.gz')],
  ['verify', '--trail', at('bucket'), '--trail-keys', at('trail-keys.json'), ...sealed],
  ['verify', '--bundle', at('proof.json'), '--key', join(SEALED, 'seal.vkey')],
  ['seal', ...sealed],
  ['export', '--out', at('export-FORMAT.ndjson.gz'), ...sealed],
  ['doctor', ...sealed],
  ['doctor', ...broken],
  ['consume', ...sealed],
  ['redrive', at('dead.ndjson'), ...sealed],
  ['rebuild', '--check', '--ledger', ROWLESS],
  ['rebuild', '--ledger', `${ROWLESS}-2`],
  ['archive', 'check', ...sealed],
  ['archive', 'check', ...broken],
  ['archive', 'rebuild', ...sealed],
  ['import', at('all.ndjson.gz'), '--ledger', at('imported-FORMAT')],
  ['policy', 'check', POLICY],
  ['policy', 'check', at('no-policy.json')],
  ['policy', 'record', POLICY, '--ledger', `${ROWLESS}-2`],
];

/** The answers of a command line: one value, or one for each line. */
const answersOf = async (line: readonly string[], format: JsonFormat): Promise<readonly unknown[]> => {
  const words = line.map((word) => word.replace('FORMAT', format));
  const { out } = await run([...words, '-o', format]);
  return format === 'json' && out !== '' ? [JSON.parse(out)] : linesOf(out);
};

const seen = new Set<string>();
for (const line of LINES) {
  const typed = line.slice(0, 8).join(' ').replaceAll(`${folder}/`, '');
  test(`what \`${typed}\` writes is as its schemas say`, async () => {
    const [command = ''] = line;
    for (const format of FORMATS)
      for (const answer of await answersOf(line, format)) {
        assert.is(problemsOf(command, format, answer), '', `${format}: ${JSON.stringify(answer)}`);
        seen.add(fileOf(command, format));
      }
  });
}

test('every command with JSON output has a schema for each format, and each was compared with an answer', () => {
  const wanted = COMMANDS.filter(({ formats }) => formats.includes('json')).flatMap(({ name }) =>
    FORMATS.map((format) => fileOf(name, format)),
  );
  assert.equal(readdirSync(SCHEMAS).sort(), wanted.sort());
  assert.equal([...seen].sort(), wanted);
});

test('an answer that lacks a member, or has another type or an unknown word in it, is refused', async () => {
  const [answer] = (await answersOf(['state', INSTANCE, ...sealed], 'json')) as readonly Record<
    string,
    unknown
  >[];
  assert.is(problemsOf('state', 'json', answer), '');
  const { provenance: _, ...less } = answer ?? {};
  for (const wrong of [less, { ...answer, lastSeq: 'six' }, { ...answer, status: 'tagged' }])
    assert.is.not(problemsOf('state', 'json', wrong), '');
  assert.is(problemsOf('state', 'json', { ...answer, added: true }), '', 'a member may be added');
});

test('every schema has its own $id, a title, and lets members be added', () => {
  const ids = new Set<string>();
  for (const file of checks.keys()) {
    const schema = schemaIn(file);
    const [, command, format] = /^(\w+)\.(\w+)\.schema\.json$/.exec(file) ?? [];
    assert.is(schema.$id, `urn:tagledger:output:${command}:${format}`);
    assert.ok(schema.title.includes(`\`tagledger ${command} -o ${format}\``), file);
    assert.not.match(JSON.stringify(schema), '"additionalProperties":false');
    ids.add(schema.$id);
  }
  assert.is(ids.size, checks.size);
});

test('the schemas are in the package', () => {
  assert.ok(JSON.parse(readFileSync('package.json', 'utf8')).files.includes(SCHEMAS));
});

/** The words of a type. The compiler says when the type has others. */
const wordsOf = <T extends string>(words: Readonly<Record<T, true>>): readonly string[] => Object.keys(words);

/** The definitions with words that the code has as well. */
const SHARED: Readonly<Record<string, readonly (string | number)[]>> = {
  rowStatus: ROW_STATUSES,
  complianceStatus: STATUSES,
  grouping: GROUPINGS,
  outcome: OUTCOMES,
  failureClass: FailureClassSchema.options,
  causeSource: CauseSchema.entries.source.options,
  eventFormat: EVENT_FORMATS,
  eventType: wordsOf<TagEvent['type']>({
    TagRequested: true,
    TagApplied: true,
    TagFailed: true,
    TagObserved: true,
    ResourceRetired: true,
    ResourceRestored: true,
    DependencyObserved: true,
    GapFound: true,
    PolicyRecorded: true,
    TamperDetected: true,
    CoverageRecorded: true,
  }),
  mode: wordsOf<LedgerMode>({ observed: true, simulated: true, live: true, unknown: true }),
  standing: wordsOf<Standing>({
    exists: true,
    retired: true,
    unborn: true,
    unknown: true,
    gap: true,
    unheard: true,
  }),
  'trailRange.files': wordsOf<FilesStatus>({
    whole: true,
    'log-missing': true,
    'log-altered': true,
    'digest-altered': true,
    'digest-missing': true,
    'not-covered': true,
    unlisted: true,
    newer: true,
  }),
  verdict: wordsOf<Diagnosis['verdict']>({ ok: true, failed: true, 'not-checked': true }),
  'whoView.confidence': wordsOf<Confidence>({
    person: true,
    'role-session': true,
    service: true,
    account: true,
    unknown: true,
  }),
  'horizon.basis': wordsOf<Horizon['basis']>({ recorded: true, inferred: true, unknown: true }),
  'change.what': wordsOf<Change['what']>({
    created: true,
    found: true,
    tagged: true,
    ended: true,
    uncertain: true,
    restored: true,
  }),
  'change.by': wordsOf<Change['by']>({ tagledger: true, principal: true }),
  'ingested.outcome': wordsOf<Result['outcome']>({
    appended: true,
    'already-there': true,
    skipped: true,
    rejected: true,
  }),
  'rowDifference.kind': wordsOf<Difference['kind']>({
    missing: true,
    unexpected: true,
    behind: true,
    differs: true,
  }),
  'archiveDifference.kind': wordsOf<ArchiveDifference['kind']>({
    missing: true,
    unexpected: true,
    differs: true,
    object: true,
  }),
  'redriven.outcome': wordsOf<Redriven['outcome']>({ done: true, failed: true, unusable: true }),
  'explainedTag.fate': wordsOf<TagFate>({
    set: true,
    others: true,
    kept: true,
    replaced: true,
    removed: true,
    retrying: true,
    failed: true,
    'missing-field': true,
    open: true,
    'too-late': true,
    untold: true,
  }),
};

test('the words that a member can have are those of the code', () => {
  const found = new Set<string>();
  for (const file of checks.keys()) {
    const { $defs = {} } = schemaIn(file);
    for (const [place, words] of Object.entries(SHARED)) {
      const [name = '', member] = place.split('.');
      const definition = $defs[name];
      if (definition === undefined) continue;
      const listed = member === undefined ? definition.enum : definition.properties[member].enum;
      assert.equal([...listed].sort(), [...words].sort(), `${file}: ${place}`);
      found.add(place);
    }
  }
  assert.equal([...found].sort(), Object.keys(SHARED).sort());
});

test.run();
