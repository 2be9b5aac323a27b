import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { makeLedgerFolder, removeDemoFolder } from '../../../embedded/ledger-folder.ts';
import type { LocalPipeline } from '../../../embedded/pipeline.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import { WrongUsageError } from '../../errors.ts';
import type { Exit } from '../../exit-codes.ts';
import { EXAMPLE_TAG_RULES } from '../../ledger/folder-settings.ts';
import { ingestRecords } from '../../ledger/ingest-records.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import { type EmbeddedRuntime, openEmbedded } from '../../ledger/open-runtime.ts';
import { recordSimulatedCoverage } from '../../ledger/record-simulated-coverage.ts';
import { sealFolder } from '../../ledger/seal-folder.ts';
import { packageFile } from '../../package-file.ts';
import type { Console } from '../../terminal.ts';
import { readTrail, type TrailEntry } from '../../trail/read-trail.ts';
import type { Ingested } from '../../views/tally.ts';
import { writeObject } from '../../write-output.ts';
import type { DemoInvocation } from './flags.ts';
import { type ReplayClock, replayClock } from './replay-clock.ts';
import { demoReport, reportText } from './report.ts';

const ScenarioSchema = v.object({
  /** The resource whose history is shown. */
  historyOf: v.string(),
  /** Resources that the tagging role is not allowed to tag. */
  denied: v.array(v.string()),
  /** Ids of resources that the trail creates but that EC2 does not know. */
  ghosts: v.array(v.string()),
  /** Resources that EC2 shows only some time after their creation. */
  slow: v.array(v.string()),
});

const TAGGER_ROLE_ARN = 'arn:aws:iam::111122223333:role/tagledger-apply';

/** How long after an event its record arrives in the demo. EC2 shows a slow resource a little later still. */
const DELIVERY_MS = 90_000;
const SLOW_MS = DELIVERY_MS + 4_000;

/** How long the demo's clock continues after the last record. */
const AFTERWARDS_MS = 2 * 3_600_000;
const STEP_MS = 15 * 60_000;

/** `tagledger demo`: runs the whole pipeline on this machine, over the sample trail, in a fresh ledger. */
export const run = async ({ format, ledger: path, console }: DemoInvocation): Promise<Exit> => {
  if (ledgerKindOf(path) !== 'folder') {
    throw new WrongUsageError(
      `The demo makes a ledger of its own in a folder, and ${path} is not a folder. Name one with --ledger.`,
    );
  }
  const trail = trailFolder();
  const scenario = readScenario(join(trail, '../scenario.json'));
  const entries = await readAll(trail);
  const clock = replayClock(0);
  const ledger = await openFresh(path, scenario, clock);
  try {
    console.stderr(
      `Replaying ${entries.length} records of a made-up company into ${path}, a simulated ledger. Nothing is sent to AWS.`,
    );
    const results = await replay(ledger, entries, { clock, path, console });
    await liveOn(ledger, clock);
    await recordSimulatedCoverage(ledger);
    await ledger.embedded.settle();
    // EC2's clock is ahead of the replay by the sleeps that it skipped, and the last events are of that time.
    const { sealed, key } = await sealFolder(ledger, {}, { now: () => new Date(ledger.embedded.cloudNow()) });
    const report = await demoReport(ledger, results, {
      historyOf: scenario.historyOf,
      sealed: { events: sealed, key },
    });
    if (format === 'text') console.stdout(reportText(report, path, console.style));
    else writeObject(console, format, report);
    return 'done';
  } finally {
    await ledger.close();
  }
};

type Scenario = v.InferOutput<typeof ScenarioSchema>;

const readScenario = (file: string): Scenario =>
  v.parse(ScenarioSchema, JSON.parse(readFileSync(file, 'utf8')));

/** Replaces the last demo's ledger with a new one, whose simulated EC2 follows the scenario. */
const openFresh = async (
  path: string,
  scenario: Scenario,
  { now }: ReplayClock,
): Promise<EmbeddedRuntime<LocalPipeline>> => {
  await removeDemoFolder(path);
  const settings = { TAG_RULES: EXAMPLE_TAG_RULES, TAGGER_ROLE_ARN, EVENT_FORMAT: '2' };
  makeLedgerFolder(path, { tagledger: 2, demo: true, mode: 'simulated', settings });
  // Loaded on demand, because the AWS clients behind it take most of a second.
  const { localPipeline } = await import('../../../embedded/pipeline.ts');
  return openEmbedded(path, { now }, async (stores) =>
    localPipeline(stores, {
      folder: path,
      rules: parseTagRules(EXAMPLE_TAG_RULES),
      taggerRoleArn: TAGGER_ROLE_ARN,
      now,
      // Without randomness, every run yields the same result.
      random: () => 0.5,
      unborn: new Set(scenario.ghosts),
      ec2: {
        denied: ({ id }) => scenario.denied.includes(id),
        visibleAfterMs: (id) => (scenario.slow.includes(id) ? SLOW_MS : 0),
      },
    }),
  );
};

/** Ingests the trail in chunks and moves the clock along with it. */
const replay = async (
  ledger: EmbeddedRuntime,
  entries: readonly TrailEntry[],
  { clock, path, console }: { readonly clock: ReplayClock; readonly path: string; readonly console: Console },
): Promise<readonly Ingested[]> => {
  const results: Ingested[] = [];
  let done = 0;
  for await (const chunk of ingestRecords(ledger, [entries], join(path, 'rejects.ndjson'), {
    size: 4,
    before: (chunk) => clock.moveTo(Math.max(...chunk.map(happenedAt)) + DELIVERY_MS),
  })) {
    results.push(...chunk.results);
    done += chunk.entries;
    console.progress(done, entries.length, 'records');
  }
  return results;
};

/** Simulates the following hours: due attempts run, and alerts that were suppressed are sent. */
const liveOn = async ({ embedded }: EmbeddedRuntime, clock: ReplayClock): Promise<void> => {
  for (let left = AFTERWARDS_MS; left > 0; left -= STEP_MS) {
    clock.moveTo(clock.now().getTime() + STEP_MS);
    await embedded.reconcile();
    await embedded.settle();
  }
};

const trailFolder = (): string => {
  const found = packageFile('examples/trail');
  if (!found)
    throw new Error('the sample trail is missing; it should be in the folder examples of this package');
  return found;
};

/**
 * Reads the files in order of their names, which begin with the account. EventBridge files sort between them.
 */
const readAll = async (folder: string): Promise<TrailEntry[]> => {
  const files = readdirSync(folder).sort();
  const entries: TrailEntry[] = [];
  for (const file of files) for await (const entry of readTrail(join(folder, file))) entries.push(entry);
  return entries;
};

const happenedAt = (entry: TrailEntry): number => {
  const { value } = entry as { value?: { eventTime?: string; detail?: { eventTime?: string } } };
  return Date.parse(value?.eventTime ?? value?.detail?.eventTime ?? '') || 0;
};
