import type { LocalPipeline } from '../../../embedded/pipeline.ts';
import { viewOf } from '../../../projections/state-row.ts';
import type { EmbeddedRuntime } from '../../ledger/open-runtime.ts';
import { indentedBy, type TextStyle } from '../../text-style.ts';
import { historyText } from '../../views/history-text.ts';
import { COUNTS, table } from '../../views/table.ts';
import type { Ingested } from '../../views/tally.ts';
import { tallyOf, tallyRows } from '../../views/tally.ts';

/** Input for the report that the ledger and the results do not have. */
interface Told {
  readonly historyOf: string;
  /** The number of events in the sealed log, and the file with its public key. */
  readonly sealed: { readonly events: number; readonly key: string };
}

/** The demo's result in machine-readable form. */
export type DemoReport = Awaited<ReturnType<typeof demoReport>>;

/** Builds the report from the results of the ingested records. */
export const demoReport = async (
  { states, store, embedded }: EmbeddedRuntime<LocalPipeline>,
  results: readonly Ingested[],
  { historyOf, sealed }: Told,
) => {
  const views = [];
  const histories = [];
  for await (const row of states.list()) {
    views.push(viewOf(row));
    if (row.arn.endsWith(`/${historyOf}`)) histories.push(await store.read(row.arn));
  }
  const named = new Set<string | undefined>(
    results.filter(({ parent }) => !parent).map(({ resource }) => resource),
  );
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
    sealed,
  };
};

/** The report as text; `path` is the folder of the ledger. */
export const reportText = (report: DemoReport, path: string, style: TextStyle): string => {
  const inner = indentedBy(2, style);
  const [alert] = report.alerts;
  return [
    'What came in',
    indent(table(tallyRows(report.tally), inner, COUNTS)),
    '',
    'What became of the resources',
    indent(table(resourceRows(report), inner, COUNTS)),
    '',
    'The first alert, as its readers get it:',
    indent(`Subject: ${alert?.subject ?? ''}\n\n${alert?.message ?? ''}`),
    '',
    'The history of one resource:',
    indent(historyText(report.history, inner)),
    '',
    'What next:',
    indent(nextSteps(report, path).join('\n')),
  ].join('\n');
};

const resourceRows = ({ resources, ec2, alerts, sealed }: DemoReport): string[][] => {
  const { applied = 0, observed = 0, failed = 0, retired = 0, retrying = 0, open = 0 } = resources.byStatus;
  return [
    ['resources', String(resources.total), `${resources.children} of them named by no record: found in EC2`],
    ['applied', String(applied), 'EC2 accepted the tags'],
    ['observed', String(observed), 'already tagged, or nothing was asked'],
    ['failed', String(failed), `permanently; reported in ${alerts.length} alerts`],
    ...(retrying + open > 0 ? [['waiting', String(retrying + open), 'for another attempt']] : []),
    ['retired', String(retired), 'deleted since'],
    ['EC2 calls', String(ec2.createTags), `to tag ${ec2.resourcesTagged} resources`],
    ['look-ups', String(ec2.describeChildren), 'calls of EC2, to find what no record names'],
    ['sealed', String(sealed.events), 'events, in a signed log that others can check'],
  ];
};

const nextSteps = ({ history, failed, sealed }: DemoReport, path: string): readonly string[] => {
  const id = history[0]?.stream.split('/').at(-1);
  const where = path === '.tagledger' ? '' : ` --ledger ${path}`;
  return [
    `npx tagledger history ${id} -o json${where}`,
    `npx tagledger why ${failed[0]}${where}     why was this one not tagged?`,
    `npx tagledger list --status failed${where}`,
    `npx tagledger ingest examples/trail/*${where}     the same files again: nothing is appended`,
    `npx tagledger prove ${id}${where} > proof.json`,
    `npx tagledger verify --bundle proof.json --key ${sealed.key}     needs no ledger`,
  ];
};

const indent = (text: string): string => text.replace(/^(?=.)/gm, '  ');
