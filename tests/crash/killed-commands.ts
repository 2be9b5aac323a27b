import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeTrail } from '../../bench/make-trail.ts';

/**
 * Kills writing commands of an embedded ledger at random moments, and copies its database at random moments of
 * a running ingest, as a power cut would leave it. After each, nothing that was acknowledged may be lost,
 * nothing may be doubled, and nothing may be stuck.
 * `npm run crash [-- --kills N] [--copies N] [--seed S]`; exit code 1 when something is wrong. It uses the
 * built command line.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const KILLS = option('kills', 100);
const COPIES = option('copies', 100);
let seed = option('seed', 1);

/** A number from 0 up to 1 (a linear congruential generator: Numerical Recipes, 1992). */
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const root = mkdtempSync(join(tmpdir(), 'tagledger-crash-'));
const ledger = join(root, 'ledger');
const env = { PATH: process.env.PATH, TAG_RULES: '{"Owner":"{who.name}","Team":"shop"}' };
const PROGRAM = 'dist/tagledger.js';
/** Small enough that a kill often meets the first or the last step of a command. */
const [TRAILS, MEGABYTES] = [10, 1];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

const run = (args: readonly string[], on = ledger): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args, '--ledger', on], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  return { code: status, out: stdout, said: stderr };
};

const faults: string[] = [];
const demand = (what: string, { code, out, said }: Ended, codes: readonly number[]): void => {
  if (code === null || !codes.includes(code))
    faults.push(`${what}: exit ${code}\n${out.slice(-2000)}${said}`);
};

/** Starts a command, and kills it after some milliseconds unless it ends earlier. */
const killedAfter = async (args: readonly string[], ms: number): Promise<Ended | undefined> => {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--ledger', ledger], { env });
  let [out, said] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise<Ended | undefined>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ? undefined : { code, out, said })),
  );
  await Promise.race([delay(ms), ended]);
  child.kill('SIGKILL');
  return ended;
};

/** What a ledger holds, without the times at which it was recorded and at which tagledger set tags. */
const contentsOf = (on: string): string => {
  const states = run(['list', '--format', 'ndjson'], on).out;
  const changes = run(['changes', '--format', 'ndjson'], on)
    .out.split('\n')
    .map((line) => line.replace(/"(?:recordedAt|effectiveAt)":"[^"]*",?/g, ''));
  return [states, ...changes.sort()].join('\n');
};

/** Checks that hold after every kill: they answer, and what they find is consistent. */
const checkNow = (what: string, on: string): void => {
  demand(`${what}, then verify`, run(['verify'], on), [0, 4]);
  demand(`${what}, then consume`, run(['consume'], on), [0]);
  for (const check of [
    ['rebuild', '--check'],
    ['archive', 'check'],
  ])
    demand(`${what}, then ${check.join(' ')}`, run(check, on), [0]);
};

const trails = Array.from({ length: TRAILS }, (_, i) => join(root, `trail-${i}.json.gz`));
const policy = 'examples/required-tags.json';
const exported = join(root, 'whole.ndjson.gz');
let count = 0;
const newExport = (): string => {
  count += 1;
  return join(root, `export-${count}.ndjson.gz`);
};

/** Every command that writes to a folder. */
const COMMANDS: readonly (() => readonly string[])[] = [
  () => ['ingest', '--simulate', oneOf(trails)],
  () => ['ingest', '--simulate', oneOf(trails)],
  () => ['seal'],
  () => ['archive', 'rebuild'],
  () => ['rebuild', '--restart'],
  () => ['consume'],
  () => ['policy', 'record', policy],
  () => ['export', '--out', newExport()],
];

const killCommands = async (): Promise<void> => {
  let [kills, done] = [0, 0];
  while (kills < KILLS) {
    const args = oneOf(COMMANDS)();
    const ended = await killedAfter(args, 100 + random() * 1500);
    if (ended) {
      done += 1;
      demand(args.join(' '), ended, [0]);
    } else kills += 1;
    if (run(['verify']).code === 1) faults.push(`after ${args.join(' ')}: ${run(['verify']).said}`);
    if ((kills + done) % 10 === 0) checkNow(`after ${args.join(' ')}`, ledger);
  }
  console.log(`${kills} kills, ${done} commands ended before theirs`);
};

/** Stops an ingest at random moments, copies the database as it is on disk, and lets it go on. */
const copyDatabases = async (): Promise<void> => {
  let copies = 0;
  for (let round = 0; copies < COPIES; round++) {
    const on = join(root, `copied-${round}`);
    const child = spawn(process.execPath, [PROGRAM, 'ingest', '--simulate', ...trails, '--ledger', on], {
      env,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    for (let isOver = false; !isOver && copies < COPIES; ) {
      isOver = (await Promise.race([delay(20 + random() * 150), ended.then(() => 'over')])) === 'over';
      if (!existsSync(join(on, 'tagledger.json'))) continue;
      child.kill('SIGSTOP');
      const copy = join(root, 'copy');
      rmSync(copy, { recursive: true, force: true });
      cpSync(on, copy, { recursive: true, force: true, filter: (path) => !path.endsWith('-shm') });
      child.kill('SIGCONT');
      if (!existsSync(join(copy, 'db'))) continue;
      copies += 1;
      const before = run(['list', '--format', 'json'], copy);
      demand('a copied database, then list', before, [0]);
      checkNow('a copied database', copy);
    }
    await ended;
    rmSync(on, { recursive: true });
  }
  console.log(`${copies} copies of a database that was being written`);
};

try {
  for (const [i, trail] of trails.entries()) await makeTrail(trail, MEGABYTES, i + 1);
  const unbroken = join(root, 'unbroken');
  demand('an unbroken ingest', run(['ingest', '--simulate', ...trails], unbroken), [0]);
  demand('the first ingest', run(['ingest', '--simulate', oneOf(trails)]), [0]);
  await killCommands();

  demand('the last ingest', run(['ingest', '--simulate', ...trails]), [0]);
  for (let i = 0; i < 2; i++) demand('the last seal', run(['seal']), [0]);
  checkNow('at the end', ledger);
  demand('verify against the log', run(['verify', '--key', join(ledger, 'seal.vkey')]), [0]);
  demand('doctor', run(['doctor']), [0]);
  demand('the last export', run(['export', '--out', exported]), [0]);
  if (contentsOf(ledger) !== contentsOf(unbroken)) {
    writeFileSync(join(root, 'killed.json'), contentsOf(ledger));
    writeFileSync(join(root, 'unbroken.json'), contentsOf(unbroken));
    faults.push('the killed ledger differs from the unbroken one');
  }
  const left = readdirSync(root).filter((name) => name.startsWith('.tagledger-export-'));
  if (left.length > 0) faults.push(`killed exports left ${left.join(', ')}`);

  const again = join(root, 'imported');
  for (let kills = 0; kills < 5; kills++) {
    const child = spawn(
      process.execPath,
      [PROGRAM, 'import', exported, '--previous', ledger, '--ledger', again],
      { env },
    );
    const ended = new Promise((resolve) => child.on('close', resolve));
    await Promise.race([delay(100 + random() * 600), ended]);
    child.kill('SIGKILL');
    await ended;
  }
  const last = run(['import', exported, '--previous', ledger], again);
  if (!last.said.includes('is not empty')) demand('the last import', last, [0]);
  checkNow('the import', again);
  demand('verify of the import', run(['verify', '--key', join(again, 'seal.vkey')], again), [0]);
  if (contentsOf(again) !== contentsOf(ledger)) faults.push('the import differs from what was exported');

  await copyDatabases();
} finally {
  for (const fault of faults) console.error(`\nFAULT ${fault}`);
  if (faults.length > 0) console.error(`\n${faults.length} faults; see ${root}`);
  else rmSync(root, { recursive: true });
  process.exitCode = faults.length > 0 ? 1 : 0;
}
