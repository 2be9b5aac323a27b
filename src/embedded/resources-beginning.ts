import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabaseToRead } from '../adapters/sqlite/database.ts';
import { resourcesWithPrefix } from '../adapters/sqlite/resources-with-prefix.ts';
import type { ResourceArn, ResourceIdentity } from '../events/resource-arn.ts';
import { databaseFile, hasDatabase } from './database-file.ts';

/**
 * The resources of a folder's ledger whose id begins with a text, or whose ARN does if the text begins like one; `most`
 * at most, in the order of their ARNs. It is quick for a ledger of any size, and changes nothing. Returns none if the
 * folder has no database that this process may write to, because a reader without that right first copies the database.
 * Throws a `StorageError` or an `InvalidInputError` as opening the database does.
 */
export const resourcesBeginning = (
  folder: string,
  text: string,
  most: number,
): readonly (ResourceIdentity & { readonly arn: ResourceArn })[] => {
  if (!hasDatabase(folder) || !mayWrite(dirname(databaseFile(folder)))) return [];
  const database = openDatabaseToRead(databaseFile(folder));
  try {
    return resourcesWithPrefix(database, text, most);
  } finally {
    database.close();
  }
};

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
