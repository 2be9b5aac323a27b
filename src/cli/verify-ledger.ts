import { checkEvents } from '../verifier/check-events.ts';
import type { Checked, SectionOptions } from '../verifier/check-section.ts';
import { kindOf } from './open-ledger.ts';
import { openSource } from './open-source.ts';
import { checkFile } from './verify-file.ts';

/**
 * Checks the events of what `--ledger` names; `take` is given what was found, some events at a time, in their order.
 * Rejects as `openSource`, and with an `InvalidInputError` for a file that cannot be read to its end.
 */
export const checkLedger = async (
  where: string,
  options: SectionOptions,
  take: (checked: Checked) => void,
): Promise<void> => {
  if (kindOf(where) === 'file') return checkFile(where, options, take);
  const { isPart = false, tells } = options;
  const source = await openSource(where);
  const check = checkEvents({ isPart });
  try {
    for await (const { columns, problems } of source.batches) {
      const { events, streams } = check.counts;
      const findings = [...problems, ...columns.flatMap((one) => check.add(one))];
      const counts = { events: check.counts.events - events, streams: check.counts.streams - streams };
      take({ findings, counts, seen: tells ? columns : [] });
    }
    take({ findings: check.end(), counts: { events: 0, streams: 0 }, seen: [] });
  } finally {
    await source.close();
  }
};
