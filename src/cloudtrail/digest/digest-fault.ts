/**
 * What is wrong with the files of a trail.
 *
 * - `log-missing`, `log-altered`: a log file that a digest lists is not there, or has another content;
 * - `digest-missing`: a digest names the one before it, which is not there although older ones are;
 * - `digest-altered`: a digest has another content than the next one says;
 * - `digest-order`: a digest stands between two that follow each other;
 * - `digest-moved`: a digest is in a file with another name than its own;
 * - `digest-signature`: CloudTrail did not sign the digest;
 * - `digest-unreadable`: a file among the digest files is no digest.
 */
type DigestFaultKind =
  | 'log-missing'
  | 'log-altered'
  | 'digest-missing'
  | 'digest-altered'
  | 'digest-order'
  | 'digest-moved'
  | 'digest-signature'
  | 'digest-unreadable';

/** One thing that is wrong, with what was expected and found as clauses. */
export interface DigestFault {
  readonly kind: DigestFaultKind;
  readonly expected: string;
  readonly found: string;
}
