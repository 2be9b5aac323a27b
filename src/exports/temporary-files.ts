import { readdirSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Temporary files of an export are beside the export, so that it can get its name in one step. */
const PREFIX = '.tagledger-export-';

/** The beginning of the names of this process's temporary files; what follows contains no hyphen. */
export const temporaryPrefix = (): string => `${PREFIX}${hostname()}-${process.pid}-`;

/** Removes the temporary files in a folder that belong to exports of this host which were killed. */
export const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const [, host, pid] = /^\.tagledger-export-(.+)-(\d+)-[^-]+$/.exec(name) ?? [];
    if (host === hostname() && !isRunning(Number(pid)))
      await rm(join(folder, name), { recursive: true, force: true });
  }
};

/**
 * Does some work with temporary files in a folder. If the process exits meanwhile, as on Ctrl-C, it removes
 * them. A process that is killed does not; see {@link removeLeftovers}.
 */
export const withTemporaryFiles = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  const remove = () => {
    for (const name of readdirSync(folder))
      if (name.startsWith(temporaryPrefix())) rmSync(join(folder, name), { recursive: true, force: true });
  };
  process.once('exit', remove);
  try {
    return await work();
  } finally {
    process.off('exit', remove);
  }
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is running, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
