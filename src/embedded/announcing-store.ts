import type { EventStore } from '../events/event-store.ts';
import type { ChangeFeed } from './change-feed.ts';

/** Wraps a store so that every append is announced in the feed before it starts. */
export const announcingStore = (store: EventStore, feed: ChangeFeed): EventStore => ({
  ...store,
  async append(event) {
    const position = feed.announce({ stream: event.stream, seq: event.seq });
    try {
      const appended = await store.append(event);
      feed.ended(position, appended.event);
      return appended;
    } catch (error) {
      // After a lost reply the event may or may not exist. A reader of the place finds out.
      feed.ended(position);
      throw error;
    }
  },
});
