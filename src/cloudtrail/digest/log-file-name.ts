/** What CloudTrail says in the name of a log file. */
export interface LogFileName {
  readonly account: string;
  readonly region: string;
  /** When it was written, up to the minute: ISO 8601, UTC, with milliseconds. */
  readonly at: string;
}

/** `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz`; the file may have been inflated. */
const NAME =
  /^(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[A-Za-z0-9]+\.json(?:\.gz)?$/;

/**
 * Reads the name of a log file, without folders; undefined for another name. Source: AWS CloudTrail user guide, "CloudTrail
 * log file name format".
 */
export const logFileNameOf = (name: string): LogFileName | undefined => {
  const [, account, region, year, month, day, hour, minute] = NAME.exec(name) ?? [];
  if (account === undefined || region === undefined) return undefined;
  return { account, region, at: `${year}-${month}-${day}T${hour}:${minute}:00.000Z` };
};
