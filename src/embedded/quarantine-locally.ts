import type { CoordinationStore } from '../coordination/coordination-store.ts';
import { type Quarantined, quarantine } from '../handlers/project/quarantine.ts';
import { NUMBERS } from '../handlers/runtime/settings.ts';
import { QUIET } from '../shared/telemetry.ts';
import { type SentMessage, simulatedSns, TOPIC } from './simulated-aws/sns.ts';

/** Quarantines unreadable events of an embedded ledger, and adds what it would alert to `alerts`. */
export const quarantineLocally =
  ({
    coordination,
    now,
    alerts,
  }: {
    readonly coordination: CoordinationStore;
    readonly now: () => Date;
    readonly alerts: SentMessage[];
  }): Quarantined =>
  async (errors) => {
    const sns = simulatedSns({ topics: [TOPIC], now: () => now().getTime() });
    const again = await quarantine({
      coordination,
      sns,
      topicArn: TOPIC,
      now,
      telemetry: QUIET,
      quietMs: NUMBERS.ALERT_QUIET_MINUTES.default * 60_000,
    })(errors);
    alerts.push(...sns.messages);
    return again;
  };
