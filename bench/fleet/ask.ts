import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { archiveFleet } from '../../src/archive/archive-fleet.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { ResourceArn } from '../../src/events/resource-arn.ts';
import { ledgerFleet } from '../../src/projections/ledger-fleet.ts';
import { archiveIn } from './archive-in.ts';
import { counted } from './counted.ts';
import { itemBytes, readEvents } from './events-file.ts';
import { eventsOfStream, type History } from './history.ts';

/**
 * One question in a process of its own: `ask.ts archive|ledger PLACE AS-OF KNOWN-AT OUT [PART]`. With PART, a digest of
 * the resources whose ARNs have it is made as well, which takes its own time.
 */
const [how, place = '', asOf = '', knownAt = '', out = '', part] = process.argv.slice(2);

const { objects, reads } = counted(archiveIn(place));
let ledgerBytes = 0;
async function* readAll(): AsyncGenerator<RecordedEvent> {
  for await (const event of readEvents(`${place}/events.ndjson.gz`)) {
    ledgerBytes += itemBytes(event);
    yield event;
  }
}

const history: History = JSON.parse(readFileSync(`${place}/history.json`, 'utf8'));
let streams = 0;
const read = async (arn: ResourceArn): Promise<RecordedEvent[]> => {
  const events = eventsOfStream(history, arn);
  streams += 1;
  ledgerBytes += events.reduce((sum, event) => sum + itemBytes(event), 0);
  return events;
};

const cpu = process.cpuUsage();
const begin = performance.now();
const fleet = how === 'archive' ? archiveFleet(objects, { read }) : ledgerFleet({ readAll });
const digest = createHash('sha256');
let [resources, tags] = [0, 0];
for await (const some of fleet.at({ asOf, knownAt })) {
  for (const resource of some) {
    resources += 1;
    tags += resource.tags.length;
    if (part !== undefined && resource.arn.includes(part)) digest.update(`${JSON.stringify(resource)}\n`);
  }
}
const { user, system } = process.cpuUsage(cpu);
const cpuSeconds = (user + system) / 1_000_000;
const seconds = (performance.now() - begin) / 1_000;
// Linux counts in kilobytes.
const megabytes = process.resourceUsage().maxRSS / 1_024;
const answer = {
  seconds,
  cpuSeconds,
  megabytes,
  resources,
  tags,
  ...reads,
  streams,
  ledgerBytes,
  digest: digest.digest('hex'),
};
writeFileSync(out, JSON.stringify(answer));
