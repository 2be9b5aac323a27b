import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * Unpacks a gzipped tar archive into a folder. Reads what the golden archives hold (POSIX.1-1988 "ustar" headers: names
 * of at most 100 bytes, files and folders) and throws for anything else.
 */
export const unpack = (archive: string, folder: string): void => {
  const tar = gunzipSync(readFileSync(archive));
  for (let at = 0; tar[at] !== undefined && tar[at] !== 0; ) {
    const field = (from: number, length: number) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const [name, size, type] = [field(0, 100), Number.parseInt(field(124, 12), 8), field(156, 1)];
    const path = join(folder, name);
    const body = at + BLOCK;
    if (type === '5') mkdirSync(path, { recursive: true });
    else if (type === '0') {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, tar.subarray(body, body + size));
    } else throw new Error(`${archive}: "${name}" is an entry of the type "${type}", which is not read here`);
    at = body + Math.ceil(size / BLOCK) * BLOCK;
  }
};
