import { readFileSync, writeFileSync } from 'node:fs';
import { appendSegment, SEGMENT_EVENTS } from '../../src/archive/append-segment.ts';
import { type Catalogue, EMPTY } from '../../src/archive/catalogue.ts';
import { compactSegments } from '../../src/archive/compact-segments.ts';
import type { StreamReader } from '../../src/archive/fold-disputed.ts';
import { commit, readCatalogue } from '../../src/archive/newest-catalogue.ts';
import { dueSnapshot } from '../../src/archive/reading-plan.ts';
import { makeSnapshot } from '../../src/archive/snapshot.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { archiveIn } from './archive-in.ts';
import { eventsByTime, eventsOfStream, type History } from './history.ts';

/** Puts the rounds FROM to TO of a fleet into the archive in FOLDER: `make-archive.ts FOLDER RESOURCES FROM TO` */
const [folder = '', resources = 0, from = 0, to = 0] = process.argv
  .slice(2)
  .map((argument, i) => (i === 0 ? argument : Number(argument))) as [string, number, number, number];

const objects = archiveIn(folder);
const hashesFile = `${folder}/hashes`;
const hashes = from === 0 ? Buffer.alloc(resources * 32) : readFileSync(hashesFile);
let catalogue: Catalogue = (await readCatalogue(objects)) ?? EMPTY;
const history: History = { resources, rounds: to };
const ledger: StreamReader = { read: async (arn) => eventsOfStream(history, arn) };
const NEVER = '9999-12-31T23:59:59.999Z';

const take = async (events: readonly RecordedEvent[]) => {
  catalogue = await appendSegment(objects, catalogue, events);
  for (
    let next: Catalogue | undefined = catalogue;
    next;
    next = await compactSegments(objects, catalogue, NEVER)
  )
    catalogue = next;
  for (;;) {
    const moment = dueSnapshot(catalogue, NEVER);
    if (!moment) break;
    const snapshot = await makeSnapshot(objects, ledger, catalogue, moment);
    catalogue = { ...catalogue, snapshots: [...catalogue.snapshots, snapshot] };
  }
};

let events: RecordedEvent[] = [];
for (const event of eventsByTime({ resources }, from, to, hashes)) {
  events.push(event);
  if (events.length < SEGMENT_EVENTS) continue;
  await take(events);
  events = [];
}
if (events.length > 0) await take(events);
for (const { name } of catalogue.gone) await objects.remove(name);
await commit(objects, { ...catalogue, version: catalogue.version + 1, gone: [] });
writeFileSync(hashesFile, hashes);
writeFileSync(`${folder}/history.json`, JSON.stringify(history));
