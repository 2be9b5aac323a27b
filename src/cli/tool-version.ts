import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.ts';

/** The package version, read from `package.json`. */
export const toolVersion = (): string => {
  const file = packageFile('package.json');
  return file ? JSON.parse(readFileSync(file, 'utf8')).version : 'unknown';
};
