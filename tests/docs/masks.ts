/** What differs from run to run, and how it is recognized. Everything else in an output must be as it is written. */
const MASKS: readonly { readonly what: string; readonly pattern: RegExp; readonly by: string }[] = [
  {
    what: 'times of the clock; the demo and the examples end before November 2026',
    pattern: /\b(?:2026-1[12]|202[7-9]-\d\d|20[3-9]\d-\d\d)-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g,
    by: '<time>',
  },
  { what: 'ids of logs, which are random', pattern: /tagledger\/embedded\/[0-9a-f]{16}/g, by: '<log>' },
  { what: 'roots of logs', pattern: /\broot [0-9a-f]{64}/g, by: 'root <hash>' },
  { what: 'digests of files', pattern: /SHA-256 [0-9a-f]{12,64}(?:\.\.\.)?/g, by: 'SHA-256 <hash>' },
  { what: 'digests of new files', pattern: /\b[0-9a-f]{64}(?= {2}of )/g, by: '<hash>' },
  { what: 'the size of an export, whose header holds times', pattern: /^bytes +\d+$/g, by: 'bytes' },
  { what: 'the version of tagledger', pattern: /tagledger \d+\.\d+\.\d+/g, by: 'tagledger <version>' },
];

/** A line of output with the values that change from run to run replaced. */
export const masked = (line: string): string =>
  MASKS.reduce((text, { pattern, by }) => text.replace(pattern, by), line);
