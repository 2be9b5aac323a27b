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

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is running, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
