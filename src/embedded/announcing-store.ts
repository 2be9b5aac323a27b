import type { EventStore } from '../events/event-store.ts';
import type { ChangeFeed } from './change-feed.ts';

/** The store, with every append announced in the feed before it is made. */
export const announcingStore = (store: EventStore, feed: ChangeFeed): EventStore => ({
  ...store,
  async append(event) {
    const position = feed.announce({ stream: event.stream, seq: event.seq });
    try {
      const appended = await store.append(event);
      feed.ended(position, appended.event);
      return appended;
    } catch (error) {
      // A reply that was lost leaves an event behind, or none: whoever reads the place will find out.
      feed.ended(position);
      throw error;
    }
  },
});
