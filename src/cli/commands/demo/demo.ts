import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { makeLedgerFolder, removeDemoFolder } from '../../../embedded/ledger-folder.ts';
import { viewOf } from '../../../projections/state-row.ts';
import { parseTagRules } from '../../../tagging/rules/tag-rules.ts';
import type { Command } from '../../command.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Ingested, ingestRecords } from '../../ledger/ingest-records.ts';
import { DEFAULT_TAG_RULES, ledgerKindOf, type OpenLedger, openEmbedded } from '../../ledger/open-ledger.ts';
import { sealFolder } from '../../ledger/seal-folder.ts';
import { readTrail, type TrailEntry } from '../../trail/read-trail.ts';
import { table } from '../../views/table.ts';
import { tallyOf, tallyRows } from '../../views/tally.ts';
import { historyText } from '../history/history.ts';
import { replayClock } from './replay-clock.ts';

const ScenarioSchema = v.object({
  /** The resource whose history is shown. */
  historyOf: v.string(),
  /** Resources that the tagging role may not tag. */
  denied: v.array(v.string()),
  /** Ids that the trail says were made, and that EC2 does not know. */
  ghosts: v.array(v.string()),
  /** Resources that EC2 shows only some time after it made them. */
  slow: v.array(v.string()),
});

const TAGGER_ROLE_ARN = 'arn:aws:iam::111122223333:role/tagledger-apply';

/** How long after an event its record arrives in the demo; EC2 shows a slow resource a little later still. */
const DELIVERY_MS = 90_000;
const SLOW_MS = DELIVERY_MS + 4_000;

/** How long the demo's clock goes on after the last record. */
const AFTERWARDS_MS = 2 * 3_600_000;
const STEP_MS = 15 * 60_000;

/** `tagledger demo`: the whole pipeline on this machine, over the sample trail, in a fresh ledger. */
export const demo: Command = {
  usage: 'demo',
  summary: 'replay a sample trail through the whole pipeline on this machine, into a fresh ledger',
  options: {},
  exits: ['done', 'failed', 'usage'],
  async run({ positionals, format, ledger: path, console }) {
    if (positionals.length > 0) {
      throw new WrongUsageError(
        `got ${positionals.join(' ')}, expected nothing: to read files, type \`tagledger ingest FILE...\``,
      );
    }
    if (ledgerKindOf(path) !== 'folder') {
      throw new WrongUsageError(
        `got --ledger ${path}, expected a folder: the demo makes a ledger of its own, and touches nothing in AWS`,
      );
    }
    const trail = trailFolder();
    const scenario = v.parse(
      ScenarioSchema,
      JSON.parse(readFileSync(join(trail, '../scenario.json'), 'utf8')),
    );
    const entries = await readAll(trail);

    await removeDemoFolder(path);
    const settings = { TAG_RULES: DEFAULT_TAG_RULES, TAGGER_ROLE_ARN, EVENT_FORMAT: '2' };
    makeLedgerFolder(path, { tagledger: 1, demo: true, settings });
    const clock = replayClock(0);
    const ledger = await openEmbedded(path, {
      rules: parseTagRules(DEFAULT_TAG_RULES),
      taggerRoleArn: TAGGER_ROLE_ARN,
      eventFormat: 2,
      now: clock.now,
      // The same story each time: chance decides nothing.
      random: () => 0.5,
      unborn: new Set(scenario.ghosts),
      ec2: {
        denied: ({ id }) => scenario.denied.includes(id),
        visibleAfterMs: (id) => (scenario.slow.includes(id) ? SLOW_MS : 0),
      },
    });
    try {
      console.stderr(
        `replaying ${entries.length} records of a made-up company into ${path}; nothing is sent to AWS`,
      );
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
      // The hours after: what waits for another attempt gets it, and what alerts muted is told.
      for (let left = AFTERWARDS_MS; left > 0; left -= STEP_MS) {
        clock.moveTo(clock.now().getTime() + STEP_MS);
        await ledger.embedded.reconcile();
        await ledger.embedded.settle();
      }
      const { sealed, key } = await sealFolder(ledger, {}, { now: clock.now });
      const report = {
        ...(await summarise(ledger, results, scenario.historyOf)),
        sealed: { events: sealed, key },
      };
      console.stdout(
        format === 'text'
          ? reportText(report, path)
          : JSON.stringify(report, null, format === 'json' ? 2 : 0),
      );
      return 'done';
    } finally {
      await ledger.close();
    }
  },
};

/** The sample trail lies beside the bundle's folder, or two folders above this file. */
const trailFolder = (): string => {
  const candidates = ['../examples/trail/', '../../../../examples/trail/'].map((relative) =>
    fileURLToPath(new URL(relative, import.meta.url)),
  );
  const found = candidates.find(existsSync);
  if (!found) throw new Error(`the sample trail is missing; it should be in ${candidates[0]}`);
  return found;
};

/** The files in the order of their names, which begin with the account; EventBridge's come between them. */
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

type Report = Awaited<ReturnType<typeof summarise>> & {
  /** What was put into the sealed log, and the file with its public key. */
  readonly sealed: { readonly events: number; readonly key: string };
};

const summarise = async (
  { states, store, embedded }: OpenLedger & { embedded: NonNullable<OpenLedger['embedded']> },
  results: readonly Ingested[],
  historyOf: string,
) => {
  const views = [];
  const histories = [];
  for await (const row of states.list()) {
    views.push(viewOf(row));
    if (row.arn.endsWith(`/${historyOf}`)) histories.push(await store.read(row.arn));
  }
  const named = new Set<string | undefined>(results.map(({ resource }) => resource));
  const children = views.filter(({ arn }) => !named.has(arn)).length;
  const byStatus: Record<string, number> = {};
  for (const { status } of views) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    tally: tallyOf(results),
    resources: { total: views.length, children, byStatus },
    ec2: { ...embedded.ec2Calls },
    alerts: [...embedded.alerts],
    history: histories.flat(),
    failed: views.filter(({ status }) => status === 'failed').map(({ id }) => id),
  };
};

const reportText = (
  { tally, resources, ec2, alerts, history, failed, sealed }: Report,
  path: string,
): string => {
  const [alert] = alerts;
  const id = history[0]?.stream.split('/').at(-1);
  const where = path === '.tagledger' ? '' : ` --ledger ${path}`;
  const {
    applied = 0,
    observed = 0,
    failed: lost = 0,
    retired = 0,
    retrying = 0,
    open = 0,
  } = resources.byStatus;
  return [
    'What came in',
    indent(table(tallyRows(tally))),
    '',
    'What became of the resources',
    indent(
      table([
        [
          'resources',
          String(resources.total),
          `${resources.children} of them named by no record: found in EC2`,
        ],
        ['applied', String(applied), 'EC2 accepted the tags'],
        ['observed', String(observed), 'already tagged, or nothing was asked'],
        ['failed', String(lost), `for good; told in ${alerts.length} alerts`],
        ...(retrying + open > 0 ? [['waiting', String(retrying + open), 'for another attempt']] : []),
        ['retired', String(retired), 'deleted since'],
        ['EC2 calls', String(ec2.createTags), `to tag ${ec2.resourcesTagged} resources`],
        ['look-ups', String(ec2.describeChildren), 'calls of EC2, to find what no record names'],
        ['sealed', String(sealed.events), 'events, in a signed log that others can check'],
      ]),
    ),
    '',
    'The first alert, as its readers get it:',
    indent(`Subject: ${alert?.subject ?? ''}\n\n${alert?.message ?? ''}`),
    '',
    'The history of one resource:',
    indent(historyText(history)),
    '',
    'What next:',
    indent(
      [
        `npx tagledger history ${id} --format json${where}`,
        `npx tagledger why ${failed[0]}${where}     why was this one not tagged?`,
        `npx tagledger list --status failed${where}`,
        `npx tagledger ingest examples/trail/*${where}     the same files again: nothing is appended`,
        `npx tagledger prove ${id}${where} > proof.json`,
        `npx tagledger verify --bundle proof.json --key ${sealed.key}     needs no ledger`,
      ].join('\n'),
    ),
  ].join('\n');
};

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');
