import { asffBatches, asffOf } from '../../../compliance/asff.ts';
import type { Assessed } from '../../../compliance/assess.ts';
import { type CsvColumn, csvOf, csvRecord } from '../../../compliance/csv.ts';
import { findingView } from '../../../compliance/finding-view.ts';
import type { Frame } from '../../../compliance/frame.ts';
import { type OcsfContext, ocsfOf } from '../../../compliance/ocsf.ts';
import { withFoldVersion } from '../../../events/resource.ts';
import type { ComplianceFinding } from '../../../policies/policy.ts';
import type { Console } from '../../terminal.ts';
import { toolVersion } from '../../tool-version.ts';

/** A finding with its resource. */
export type FoundLines = readonly [Assessed, ComplianceFinding];

/** The formats that are written while the fleet is read, so that a fleet of any size fits in memory. */
export type Streamed = 'ndjson' | 'csv' | 'ocsf' | 'asff';

/** Yields the lines of a streamed format: one per finding; in ASFF, one per BatchImportFindings request. */
export async function* linesOf(
  format: Streamed,
  found: AsyncIterable<FoundLines>,
  {
    frame,
    productArn,
    had,
    columns,
  }: {
    readonly frame: Frame;
    readonly productArn?: string | undefined;
    readonly had?: OcsfContext['had'];
    /** The columns of CSV. */
    readonly columns: readonly CsvColumn[];
  },
): AsyncGenerator<string> {
  const each = <T>(write: (...found: FoundLines) => T) => mapped(found, (one) => write(...one));
  if (format === 'csv') yield `${csvRecord(columns)}\r`;
  if (format === 'csv') yield* each((...one) => `${csvOf(findingView(...one, frame), columns)}\r`);
  else if (format === 'ndjson')
    yield* each((...one) => JSON.stringify(withFoldVersion(findingView(...one, frame))));
  else if (format === 'ocsf')
    yield* each((...one) => JSON.stringify(ocsfOf(...one, frame, { toolVersion: toolVersion(), had })));
  else {
    const batches = asffBatches(each((...one) => asffOf(...one, frame, productArn)));
    yield* mapped(batches, (batch) => JSON.stringify(batch));
  }
}

async function* mapped<A, B>(items: AsyncIterable<A>, change: (item: A) => B): AsyncGenerator<B> {
  for await (const item of items) yield change(item);
}

const AT_ONCE = 256;

/** Writes lines to stdout in large blocks, because one write takes longer than formatting one line. */
export const writeLines = async ({ stdout }: Console, lines: AsyncIterable<string>): Promise<void> => {
  let waiting: string[] = [];
  const flush = () => {
    if (waiting.length > 0) stdout(waiting.join('\n'));
    waiting = [];
  };
  for await (const line of lines) if (waiting.push(line) === AT_ONCE) flush();
  flush();
};
