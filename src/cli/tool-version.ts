import { existsSync, readFileSync } from 'node:fs';

/** The package version, read from `package.json`: one folder above the bundle, or two above this file. */
export const toolVersion = (): string => {
  const file = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  return file ? JSON.parse(readFileSync(file, 'utf8')).version : 'unknown';
};
