import { idFrom } from '../../events/hash-chain.ts';
import type { Incident } from '../incident.ts';
import { SAMPLES } from './alert-text.ts';
import { failureAlert } from './failure-alert.ts';
import { gapAlert } from './gap-alert.ts';
import type { Notice } from './notice.ts';

/**
 * The notice about an incident. The suppression window is that of its class, account and Region, with one for
 * final and one for delayed failures.
 */
export const noticeOf = (incident: Incident, quietMs: number): Notice => {
  const { key, account, region, events } = incident;
  return {
    key,
    id: noticeId(events.map(({ stream, seq }) => `${stream} ${seq}`)),
    ...(incident.class === 'gap'
      ? { noun: 'call', where: `with unknown resources in ${account} ${region}` }
      : { noun: 'failure', where: `to tag (${incident.class}) in ${account} ${region}` }),
    count: events.length,
    samples: [...new Set(events.map(({ stream }) => stream))].slice(0, SAMPLES),
    quietMs,
    alert: incident.class === 'gap' ? gapAlert(incident) : failureAlert(incident),
  };
};

/** The id of a notice about these records; the same records have the same id. */
export const noticeId = (records: readonly string[]): string => idFrom('tagledger/notice/v1', ...records);
