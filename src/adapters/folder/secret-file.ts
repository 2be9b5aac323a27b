import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Reads the text in a file that only its owner may read (mode 0600). The first use creates the
 * file; it is never overwritten.
 */
export const secretIn = async (file: string, make: () => string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = make();
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, secret, { mode: 0o600, flag: 'wx', flush: true });
  return secret;
};
