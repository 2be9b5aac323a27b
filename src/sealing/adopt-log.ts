import type { CoordinationStore } from '../coordination/coordination-store.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { objectsUnder } from '../objects/objects-under.ts';
import { chunksOf } from '../shared/collections.ts';
import { checkCheckpoint } from '../verifier/checkpoint.ts';
import { parseLeaf } from '../verifier/leaf.ts';
import { parseVerifierKey } from '../verifier/verifier-key.ts';
import { sealedEvents } from './check/read-sealed.ts';
import { lastLog } from './log/begin-log.ts';
import { incarnationOf, moveHead, readHead } from './log/log-head.ts';
import { LogDamagedError } from './log/seal-errors.ts';
import { noteSealed } from './log/sealed-heads.ts';
import { sealedLog } from './log/sealed-log.ts';

/** How many entries are noted at once. */
const AT_ONCE = 10_000;

/**
 * Makes the published log in `objects` the log of a ledger that was moved or restored: sets its head, and notes
 * how far each stream is sealed. Returns the number of sealed events; 0 if there is no log or its first
 * checkpoint was never published. Repeating it changes nothing. The caller has compared the events with the
 * log. Rejects with a {@link LogDamagedError} if the log's objects do not belong to its checkpoint.
 */
export const adoptLog = async (objects: ObjectStore, coordination: CoordinationStore): Promise<number> => {
  const named = await lastLog(objects);
  if (!named) return 0;
  const log = sealedLog(objectsUnder(objects, incarnationOf(named.origin)));
  const note = await log.checkpoint();
  if (note === undefined) return 0;
  const checkpoint = checkCheckpoint(note, [parseVerifierKey(named.key)]);
  const { origin, size } = checkpoint;
  const [first] = await log.entries(0, size);
  const leaf = first && parseLeaf(first);
  if (!leaf || 'stream' in leaf)
    throw new LogDamagedError('the first entry of the log does not name the log');

  for await (const leaves of chunksOf(sealedEvents(log, checkpoint), AT_ONCE))
    await noteSealed(coordination, origin, leaves);
  if (!(await readHead(coordination)))
    await moveHead(coordination, { ...leaf, size, checkpoint: note }, undefined);
  return size - 1;
};
