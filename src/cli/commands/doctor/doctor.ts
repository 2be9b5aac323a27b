import type { Diagnosis } from '../../../doctor/diagnosis.ts';
import { WrongUsageError } from '../../errors.ts';
import { type Exit, exitOf } from '../../exit-codes.ts';
import { ledgerKindOf } from '../../ledger/ledger-kind.ts';
import type { ShowProgress } from '../../progress.ts';
import type { TextStyle } from '../../text-style.ts';
import { statusColour } from '../../views/status-colour.ts';
import { type TableColumn, table } from '../../views/table.ts';
import { writeList } from '../../write-output.ts';
import type { DoctorInvocation } from './flags.ts';

/**
 * `tagledger doctor`: what is wrong with a ledger and which command fixes it. A failed check makes the result
 * unknown.
 */
export const run = async ({ values, format, ledger, env, console }: DoctorInvocation): Promise<Exit> => {
  const diagnoses = await diagnosesOf(ledger, values.name, env, console.progress);
  if (format === 'text') console.stdout(doctorText(diagnoses, console.style));
  else writeList(console, format, diagnoses);
  const has = (wanted: Diagnosis['verdict']) => diagnoses.some(({ verdict }) => verdict === wanted);
  return exitOf({ finding: has('failed'), unknown: has('not-checked') });
};

const diagnosesOf = async (
  ledger: string,
  name: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  show: ShowProgress,
): Promise<readonly Diagnosis[]> => {
  const kind = ledgerKindOf(ledger);
  if (kind === 'file') {
    throw new WrongUsageError(
      `${ledger} is an exported file, and doctor checks folders and tables. Check it with \`tagledger verify --ledger ${ledger}\`.`,
    );
  }
  // Loaded on demand, because these modules are large.
  if (kind === 'folder') {
    const { doctorFolder } = await import('./folder.ts');
    return doctorFolder(ledger, env, new Date(), show);
  }
  const { doctorTables } = await import('./tables.ts');
  return doctorTables(ledger, name, env, new Date(), show);
};

const VERDICTS = { ok: 'OK', failed: 'FAILED', 'not-checked': 'NOT CHECKED' } as const;

const CHECKS: readonly TableColumn[] = [{ colour: statusColour }, {}, { fit: 'wrap' }];

const doctorText = (diagnoses: readonly Diagnosis[], style: TextStyle): string => {
  const count = (verdict: Diagnosis['verdict']) => diagnoses.filter((one) => one.verdict === verdict).length;
  const rows = diagnoses.flatMap(({ check, verdict, says, todo }) => [
    [VERDICTS[verdict], check, says],
    ...(todo === undefined ? [] : [['', '', `to do: ${todo}`]]),
  ]);
  return `${table(rows, style, CHECKS)}\n\n${count('ok')} OK, ${count('failed')} failed, ${count('not-checked')} not checked`;
};
