import * as v from 'valibot';
import { InstantSchema } from '../events/tag-event.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Which events of a ledger an export holds. `whole`: all of them. `period`: those recorded in a stretch of
 * time, both ends included. `unknown`: those of another file that did not say.
 */
const SelectionSchema = v.variant('kind', [
  v.object({ kind: v.literal('whole') }),
  v.object({
    kind: v.literal('period'),
    since: v.optional(InstantSchema),
    until: v.optional(InstantSchema),
  }),
  v.object({ kind: v.literal('unknown') }),
]);
export type ExportSelection = Readonly<v.InferOutput<typeof SelectionSchema>>;

/** The format of {@link ProvenanceSchema}. Another one gets another name. */
export const PROVENANCE_FORMAT = 'tagledger/export/v1';

/**
 * Where an exported file comes from and what it holds, as its header says. These are claims: nobody signed
 * them. Members that this version does not know are passed over, so that later versions can add some.
 */
export const ProvenanceSchema = v.object({
  format: v.literal(PROVENANCE_FORMAT),
  /** What was exported. `name` is a folder without its path, `dynamodb:TABLE`, or a file without its path. */
  ledger: v.object({ kind: v.picklist(['folder', 'tables', 'file']), name: v.string() }),
  /** Whether the events rest on what AWS reported, on a simulation, or on calls of AWS. */
  mode: v.optional(v.picklist(['observed', 'simulated', 'live'])),
  /** The ledger's sealed log, and its newest checkpoint (a signed note) from before the events were read. */
  log: v.optional(v.object({ origin: v.string(), checkpoint: v.string() })),
  selection: SelectionSchema,
  counts: v.object({ events: count, streams: count }),
  /** Absent when no event has such a time. */
  newestRecordedAt: v.optional(InstantSchema),
  newestEffectiveAt: v.optional(InstantSchema),
  /** Of the lines, uncompressed. */
  linesSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  toolVersion: v.string(),
  exportedAt: InstantSchema,
});
export type Provenance = Readonly<v.InferOutput<typeof ProvenanceSchema>>;

/** Whether streams may begin after their first event, because the earlier ones were left out. */
export const isPeriodFrom = (selection: ExportSelection): boolean =>
  selection.kind === 'period' && selection.since !== undefined;
