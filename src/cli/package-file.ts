import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Finds a file or folder of this package, such as `examples/trail`; undefined if it is not there. The code that asks may be
 * anywhere in the package: as source, in the bundle, or in a folder that the build made for what is loaded on demand.
 */
export const packageFile = (path: string): string | undefined => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  const file = join(folder, path);
  return existsSync(file) ? file : undefined;
};
