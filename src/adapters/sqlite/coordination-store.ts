import {
  type CoordinationStore,
  kindOfName,
  type Memo,
  type StoredMemo,
} from '../../coordination/coordination-store.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import type { Database } from './database.ts';

interface MemoRow {
  readonly key: string;
  readonly version: number;
  readonly value: string;
  readonly expires_at: string | null;
  readonly due_at: string | null;
}

/** A {@link CoordinationStore} in the table `memos` of an embedded ledger. */
export const sqliteCoordinationStore = (database: Database): CoordinationStore => {
  const at = (key: string): MemoRow | undefined =>
    database.get<MemoRow>('SELECT * FROM memos WHERE key = ?', key);

  return {
    async get(keys) {
      return [...new Set(keys)].flatMap((key) => at(key) ?? []).map(memoIn);
    },

    async swap({ key, value, expiresAt, dueAt }, seen) {
      return database.transact(() => {
        const there = at(key);
        const version = (seen?.version ?? 0) + 1;
        if ((there?.version ?? 0) !== version - 1)
          return there?.version === version && there.value === canonicalJson(value);
        database.run(
          'INSERT OR REPLACE INTO memos (key, version, value, expires_at, due, due_at) VALUES (?, ?, ?, ?, ?, ?)',
          key,
          version,
          canonicalJson(value),
          expiresAt?.toISOString() ?? null,
          dueAt === undefined ? null : kindOfName(key),
          dueAt ?? null,
        );
        return true;
      });
    },

    async due(kind, until, limit) {
      return database
        .all<{ key: string }>(
          'SELECT key FROM memos WHERE due = ? AND due_at <= ? ORDER BY due_at LIMIT ?',
          kind,
          until,
          limit,
        )
        .map(({ key }) => key);
    },
  };
};

const memoIn = ({ key, version, value, expires_at, due_at }: MemoRow): StoredMemo => ({
  key,
  value: JSON.parse(value) as Memo['value'],
  version,
  ...(expires_at !== null && { expiresAt: new Date(expires_at) }),
  ...(due_at !== null && { dueAt: due_at }),
});
