import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Env } from './open-ledger.ts';
export const doctorTables = async (
  _where: string,
  _name: string | undefined,
  _env: Env,
  _now: Date,
): Promise<readonly Diagnosis[]> => [];
