import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { version } from 'node:process';

/** What one must know to repeat a run: the day, the machine and what else it does, and the version of everything. */
export const aboutThisRun = (): string => {
  const [load = 0] = loadavg();
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} processors (${cpus()[0]?.model.trim()}), load ${load.toFixed(1)}`,
    `tagledger ${outputOf('git', 'rev-parse', '--short', 'HEAD')}, Node ${version}, ${outputOf('python3', '--version')}`,
    `moto ${pinned('tests/conformance/servers/requirements.txt', /^moto==(.+)$/m)}, DynamoDB Local ${pinned('tests/conformance/servers/pom.xml', /<artifactId>DynamoDBLocal<\/artifactId>\s*<version>([^<]+)/)}, Cloud Custodian ${pinned('bench/peers/requirements.txt', /^c7n==(.+)$/m)}`,
    '',
  ].join('\n');
};

const outputOf = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8' }).trim();

/** The version that a file pins. */
const pinned = (file: string, place: RegExp): string => {
  const [, found] = place.exec(readFileSync(file, 'utf8')) ?? [];
  if (!found) throw new Error(`got no version in ${file}, expected ${place}`);
  return found;
};
