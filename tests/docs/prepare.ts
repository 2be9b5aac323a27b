import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Provenance } from '../../src/verifier/provenance.ts';
import { run } from '../support/cli/command-line.ts';
import { inDatabase, tamper } from '../support/cli/database.ts';
import { forge, headerIn, linesIn, rehashed } from '../support/cli/forge-export.ts';
import {
  type BucketFile,
  digestChain,
  logKey,
  trailSigner,
  writeBucket,
} from '../support/cloudtrail/digests.ts';
import { sample } from '../support/cloudtrail/samples.ts';

const LEDGER = '.tagledger';
const KEPT = '.kept';
const REFUSED = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-048c68ea169486988';
const UNTAGGED = 'arn:aws:ec2:eu-west-1:444455556666:instance/i-0c61c8c6cb4f681f8';

const volumeId = (n: number): string => `vol-${String(n).padStart(17, '0')}`;

const SIGNER = trailSigner();

/** A call by an IAM user, in a trail of its own. */
const call = (name: string, user: string, eventTime: string, over: Readonly<Record<string, unknown>>) =>
  sample(name, {
    eventID: `${name} at ${eventTime}`,
    eventTime,
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::111122223333:user/${user}`,
      accountId: '111122223333',
      userName: user,
    },
    ...over,
  });

const createVolume = (n: number, user: string, eventTime: string, tags?: Readonly<Record<string, string>>) =>
  call('CreateVolume', user, eventTime, {
    responseElements: { volumeId: volumeId(n) },
    ...(tags && {
      requestParameters: {
        tagSpecificationSet: {
          items: [
            {
              resourceType: 'volume',
              tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
            },
          ],
        },
      },
    }),
  });

const logFile = (...Records: readonly object[]): string => JSON.stringify({ Records });

/** The trail that docs/auditor counts by hand. */
const TRAIL = [
  logFile(
    createVolume(1, 'dana', '2026-03-02T09:00:00Z', { Owner: 'dana' }),
    createVolume(2, 'dana', '2026-03-02T09:10:00Z'),
    createVolume(3, 'eli', '2026-03-02T09:20:00Z', { Name: 'scratch' }),
    call('DescribeVolumes', 'eli', '2026-03-02T09:30:00Z', { readOnly: true }),
    createVolume(4, 'eli', '2026-03-02T09:40:00Z'),
  ),
  logFile(
    call('CreateTags', 'dana', '2026-03-03T08:00:00Z', {
      requestParameters: {
        resourcesSet: { items: [{ resourceId: volumeId(2) }] },
        tagSet: { items: [{ key: 'Owner', value: 'dana' }] },
      },
      responseElements: { _return: true },
    }),
    call('DeleteVolume', 'eli', '2026-03-03T08:30:00Z', {
      requestParameters: { volumeId: volumeId(4) },
      responseElements: { _return: true },
    }),
    call('CreateVolume', 'eli', '2026-03-03T09:00:00Z', { errorCode: 'Client.VolumeLimitExceeded' }),
    createVolume(5, 'eli', '2026-03-03T10:00:00Z'),
  ),
];

/** A log file of the hour that begins at `from` on 2 March. */
const hourFile = (from: string, unique: string, ...records: readonly object[]): BucketFile => ({
  key: logKey(`2026-03-02T${from}:55:00Z`, unique),
  content: logFile(...records),
});

/** The hours of docs/auditor/complete-trails.md: three log files, an hour without any, and one more. */
const HOURS: readonly (readonly BucketFile[])[] = [
  [
    hourFile('09', '9nYN7gp2eWAJHIfT', createVolume(1, 'dana', '2026-03-02T09:10:00Z', { Owner: 'dana' })),
    hourFile('09', 'Xb2hMw0QpTz4LkcR', createVolume(2, 'eli', '2026-03-02T09:40:00Z')),
  ],
  [hourFile('10', 'c7VdRk1sNq83ZyBm', createVolume(3, 'eli', '2026-03-02T10:20:00Z'))],
  [],
  [hourFile('12', 'u5GtLw9xEo20PjHa', createVolume(4, 'dana', '2026-03-02T12:30:00Z'))],
];
const DIGESTS = digestChain(HOURS, { signer: SIGNER, from: '2026-03-02T09:00:00Z' });

const copyLog = (checkpoint: string): void => {
  cpSync(join(LEDGER, 'seal.vkey'), 'seal.vkey');
  cpSync(join(LEDGER, 'log'), 'log', { recursive: true });
  const id = readdirSync('log').find((name) => name !== 'logs') ?? '';
  cpSync(join('log', id, 'checkpoint'), checkpoint);
};

/** The bad copies of docs/auditor, each made from the export. */
const badCopies = async (): Promise<void> => {
  const [file, lines] = ['march.ndjson.gz', linesIn('march.ndjson.gz')];
  const header = await headerIn(file);
  const isOf = ({ stream }: { stream: string }): boolean => stream === UNTAGGED;
  const others = lines.filter((line) => !isOf(line));
  const period: Provenance['selection'] = {
    kind: 'period',
    since: '2026-03-30T00:00:00.000Z',
    until: '2026-03-31T23:59:59.999Z',
  };
  const edited = rehashed(lines, (body, line) => (isOf(line) && line.seq === 1 ? withOwner(body) : body));
  forge('forged.ndjson.gz', edited, header);
  writeFileSync('cut.ndjson.gz', readFileSync(file).subarray(0, -2_000));
  forge('left-out.ndjson.gz', others, header);
  forge('stripped.ndjson.gz', lines);
  forge('re-headed.ndjson.gz', others, { ...header, selection: period });
};

/** The body of a request, with an Owner tag among the tags that the resource was created with. */
const withOwner = (body: string): string =>
  body.replace('"birth":{"tags":[]}', '"birth":{"tags":[{"key":"Owner","value":"lee.contractor"}]}');

/** The steps that samples need and that no command of a page does, by the name that a page gives them. */
export const PREPARE: Readonly<Record<string, () => unknown>> = {
  'edit a row': () =>
    inDatabase(LEDGER, (database) =>
      database.run(
        "UPDATE states SET item = json_set(item, '$.status', 'applied') WHERE resource = ?",
        REFUSED,
      ),
    ),
  'edit an event': () => {
    cpSync(LEDGER, KEPT, { recursive: true });
    return tamper(LEDGER, (database) =>
      database.run(
        "UPDATE events SET body = replace(body, 'AutoScaling', 'autoscaling') WHERE stream = ? AND seq = 1",
        REFUSED,
      ),
    );
  },
  'the ledger as it was': () => {
    rmSync(LEDGER, { recursive: true });
    cpSync(KEPT, LEDGER, { recursive: true });
  },
  'edit an export': () => {
    const isIt = ({ stream, seq }: { stream: string; seq: number }): boolean =>
      stream.endsWith('/i-03b666f7ea3cb7411') && seq === 2;
    const lines = linesIn('march.ndjson.gz');
    forge(
      'edited.ndjson.gz',
      lines.map((line) => (isIt(line) ? { ...line, type: 'TagApplied' } : line)),
    );
  },
  'copy the key and the log': () => copyLog('march-checkpoint.txt'),
  'two more volumes, and a new copy of the log': async () => {
    const created = [8, 9].map((n) => createVolume(n, 'dana', `2026-07-01T09:0${n}:00Z`));
    writeFileSync('july.json', logFile(...created));
    await run(['ingest', '--simulate', 'july.json', '--ledger', LEDGER]);
    copyLog('july-checkpoint.txt');
  },
  'make bad copies': badCopies,
  'copy a bucket with digest files': () => {
    writeBucket('.', [...HOURS.flat(), ...DIGESTS]);
    writeFileSync('trail-keys.json', JSON.stringify(SIGNER.publicKeys));
  },
  'remove a log file': () => rmSync(HOURS[1]?.[0]?.key ?? ''),
  'remove the digest, too': () => rmSync(DIGESTS[1]?.key ?? ''),
  'collect failed messages': () => {
    const events = readFileSync('examples/trail/eventbridge.ndjson', 'utf8').split('\n').slice(0, 2);
    writeFileSync('failures.ndjson', [...events, '{"detail":{}}', ''].join('\n'));
  },
  'write the two files': () => {
    const [first = '', second = ''] = TRAIL;
    writeFileSync('trail-1.json', first);
    writeFileSync('trail-2.json.gz', gzipSync(second));
  },
};
