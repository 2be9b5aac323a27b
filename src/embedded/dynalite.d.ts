declare module 'dynalite' {
  import type { Server } from 'node:http';

  /**
   * Creates an HTTP server that speaks DynamoDB's protocol over LevelDB, in memory or in the folder `path`.
   */
  export default function dynalite(options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
