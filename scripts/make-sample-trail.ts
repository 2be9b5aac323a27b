/**
 * Writes `examples/trail/` and `examples/malformed.ndjson` anew. The same code gives the same bytes:
 * the PRNG is seeded, the dates are fixed, and gzip keeps no time.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { envelope, logFiles, onTheBus } from './sample-trail/delivery.ts';
import { malformedLines } from './sample-trail/malformed.ts';
import { random } from './sample-trail/random.ts';
import { tell } from './sample-trail/story.ts';

const SEED = 20260330;
const EXAMPLES = new URL('../examples/', import.meta.url);
const TRAIL = new URL('trail/', EXAMPLES);

/** gzip with neither time nor operating system in its header (RFC 1952, section 2.3.1). */
const gzip = (text: string): Buffer => {
  const bytes = gzipSync(text, { level: 9 });
  bytes.fill(0, 4, 8);
  bytes[9] = 255;
  return bytes;
};

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('');

const count = (list: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of list) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const { entries, scenario } = tell(SEED);
const r = random(SEED + 1);
const logs = logFiles(r, entries);
const bus = onTheBus(entries);

rmSync(TRAIL, { recursive: true, force: true });
mkdirSync(TRAIL, { recursive: true });
for (const { name, records } of logs) {
  const text = JSON.stringify({ Records: records });
  writeFileSync(new URL(name, TRAIL), name.endsWith('.gz') ? gzip(text) : text);
}
writeFileSync(
  new URL('eventbridge.ndjson', TRAIL),
  lines(bus.map((record) => JSON.stringify(envelope(r, record)))),
);
writeFileSync(new URL('../scenario.json', TRAIL), `${JSON.stringify(scenario, null, 2)}\n`);
writeFileSync(new URL('malformed.ndjson', EXAMPLES), lines(malformedLines(SEED + 2)));

const total = bus.length + logs.reduce((sum, { records }) => sum + records.length, 0);
console.log({
  records: total,
  distinct: entries.length,
  repeated: total - entries.length,
  late: entries.filter(({ delivery }) => delivery.late).length,
  files: Object.fromEntries([
    ...logs.map(({ name, records }) => [name, records.length]),
    ['eventbridge.ndjson', bus.length],
  ]),
  byKind: count(entries.map(({ kind }) => kind)),
  resources: count(entries.flatMap(({ made }) => made.map(({ type }) => type))),
  scenario,
});
