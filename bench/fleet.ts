import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeEvents } from './fleet/events-file.ts';
import { eventsByStream, momentAt, TENTH } from './fleet/history.ts';

/**
 * What a fleet was like, asked at three moments of made-up ledgers of 10 k, 100 k and 1 M resources with 5 and then 10
 * events each: from the archive, and beside it by the plain fold of all events. Each question runs in a process of its
 * own. Exit code 1 when a goal is missed. It takes long: an hour for the largest, and 6 GB of disk.
 * `npm run bench:fleet [-- RESOURCES...]`
 */
const SIZES = process.argv.slice(2).map(Number);
const ROUNDS = 5;
/** For larger fleets the plain fold is measured on a tenth of the resources, and multiplied. */
const WHOLE = 100_000;
const RUNS = 3;

/** The goals at the largest size: seconds, MB, how much less is read, and the growth of time with a doubled history. */
const [SECONDS, MEGABYTES, LESS, GROWTH] = [5, 1_024, 10, 1.3];
const LARGEST = 1_000_000;

/** us-east-1, per GET of S3, and per read unit of DynamoDB on demand (price lists of AWS, 2026). */
const [GET_USD, READ_UNIT_USD] = [0.4e-6, 0.125e-6];

interface Answer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly resources: number;
  readonly gets: number;
  readonly lists: number;
  readonly bytes: number;
  /** Streams that were read from the ledger, because they are disputed. */
  readonly streams: number;
  readonly ledgerBytes: number;
  readonly digest: string;
}

const script = (name: string): string => fileURLToPath(new URL(`fleet/${name}.ts`, import.meta.url));

const run = (name: string, ...args: readonly (string | number)[]): void => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=12288', '--import', 'tsx', script(name), ...args.map(String)],
    { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
};

const ask = (how: 'archive' | 'ledger', folder: string, [asOf, knownAt]: Question, part?: string): Answer => {
  const out = join(folder, 'answer.json');
  run('ask', how, folder, asOf, knownAt, out, ...(part === undefined ? [] : [part]));
  return JSON.parse(readFileSync(out, 'utf8'));
};

type Question = readonly [asOf: string, knownAt: string];

/** The same moments whatever came after them, and the end. */
const questions = (rounds: number): readonly (readonly [name: string, question: Question])[] => [
  ['early, as known then', [momentAt(1.7), momentAt(1.7)]],
  ['in the middle, as known now', [momentAt(3.1), momentAt(rounds)]],
  ['now', [momentAt(rounds), momentAt(rounds)]],
];

const row = (...cells: readonly string[]): void => {
  const [name = '', ...numbers] = cells;
  console.log(`  ${name.padEnd(29)}${numbers.map((cell) => cell.padStart(13)).join('')}`);
};
const MB = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const usd = (dollars: number): string => `$${dollars.toFixed(5)}`;
const missed: string[] = [];
const goal = (text: string, isMet: boolean): void => {
  console.log(`  ${isMet ? 'met   ' : 'MISSED'}  ${text}`);
  if (!isMet) missed.push(text);
};

/** The fastest of several runs, and the largest memory of them. */
const best = (folder: string, question: Question): Answer => {
  const answers = Array.from({ length: RUNS }, () => ask('archive', folder, question));
  const [fastest] = answers.sort((a, b) => a.seconds - b.seconds) as [Answer];
  return { ...fastest, megabytes: Math.max(...answers.map(({ megabytes }) => megabytes)) };
};

const measure = (folder: string, resources: number, rounds: number): Answer[] => {
  console.log(`\n${resources} resources, ${resources * rounds} events, from the archive`);
  row('', 'time', 'of processor', 'peak memory', 'read', 'GETs of S3', 'streams', 'in AWS');
  return questions(rounds).map(([name, question]) => {
    const answer = best(folder, question);
    const { seconds, cpuSeconds, megabytes, bytes, gets, streams, ledgerBytes } = answer;
    const units = Math.max(streams, ledgerBytes / 4_096);
    const times = [`${seconds.toFixed(2)} s`, `${cpuSeconds.toFixed(2)} s`, `${Math.round(megabytes)} MB`];
    row(
      name,
      ...times,
      MB(bytes),
      String(gets),
      String(streams),
      usd(gets * GET_USD + units * READ_UNIT_USD),
    );
    return answer;
  });
};

const beside = async (folder: string, resources: number, rounds: number): Promise<Answer> => {
  const part = resources > WHOLE ? TENTH : '';
  const file = join(folder, 'events.ndjson.gz');
  await writeEvents(
    file,
    eventsByStream({ resources, rounds }, (arn) => arn.includes(part)),
  );
  const share = part === '' ? 1 : 10;
  console.log(
    `\n${resources} resources, ${resources * rounds} events, by the plain fold${share > 1 ? ' (a tenth measured, × 10)' : ''}`,
  );
  row('', 'time', 'of processor', 'peak memory', 'read', 'read units', 'in AWS');
  let plain: Answer | undefined;
  for (const [name, question] of questions(rounds)) {
    const { digest, ...measured } = ask('ledger', folder, question, part);
    const [seconds, cpuSeconds, bytes] = [measured.seconds, measured.cpuSeconds, measured.ledgerBytes].map(
      (n) => n * share,
    ) as [number, number, number];
    const units = bytes / 4_096;
    row(
      name,
      `${seconds.toFixed(1)} s`,
      `${cpuSeconds.toFixed(1)} s`,
      `${Math.round(measured.megabytes)} MB`,
      MB(bytes),
      String(Math.round(units)),
      usd(units * READ_UNIT_USD),
    );
    plain = { ...measured, seconds, bytes: statSync(file).size * share, ledgerBytes: bytes, digest };
    goal(
      `${name}: the archive's answer is the plain fold's, byte for byte`,
      ask('archive', folder, question, part).digest === digest,
    );
  }
  return plain as Answer;
};

for (const resources of SIZES.length > 0 ? SIZES : [10_000, 100_000, LARGEST]) {
  const folder = mkdtempSync(join(tmpdir(), 'tagledger-bench-fleet-'));
  try {
    run('make-archive', folder, resources, 0, ROUNDS);
    const half = measure(folder, resources, ROUNDS);
    run('make-archive', folder, resources, ROUNDS, 2 * ROUNDS);
    const full = measure(folder, resources, 2 * ROUNDS);
    const plain = await beside(folder, resources, 2 * ROUNDS);

    const slowest = Math.max(...full.map(({ seconds }) => seconds));
    const most = Math.max(...full.map(({ megabytes }) => megabytes));
    const read = Math.max(...full.map(({ bytes, ledgerBytes }) => bytes + ledgerBytes));
    const sum = (answers: readonly Answer[]) =>
      answers.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
    const growth = sum(full) / sum(half);
    console.log(`\n${resources} resources: the goals`);
    goal(`${slowest.toFixed(2)} s at most, wanted under ${SECONDS} s`, slowest < SECONDS);
    goal(`${Math.round(most)} MB at most, wanted under ${MEGABYTES} MB`, most < MEGABYTES);
    goal(
      `${(plain.bytes / read).toFixed(0)} times less read than the compressed events, ${(plain.ledgerBytes / read).toFixed(0)} times less than the table; wanted ${LESS} times`,
      plain.bytes / read >= LESS,
    );
    goal(
      `${growth.toFixed(2)} times the processor's time with the history doubled, wanted at most ${GROWTH}`,
      growth <= GROWTH,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (missed.length > 0) process.exitCode = 1;
