import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const CLIENT = /import\s*\{([^}]*)\}\s*from\s*'(@aws-sdk\/client-[a-z0-9-]+)'/g;

/**
 * The source of a handler that does nothing but what its function has to do with AWS before its first call: it imports the
 * same clients and commands, as far as the function does so when it is loaded, and makes the clients. What a function asks for
 * later (`import()`) is left out of both.
 */
export const bareHandler = async (name: string): Promise<string> => {
  const names = new Map<string, Set<string>>();
  for (const file of await loadedBy(`src/handlers/${name}/lambda.ts`)) {
    for (const [, list = '', client = ''] of readFileSync(file, 'utf8').matchAll(CLIENT)) {
      const values = list
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one && !one.startsWith('type '));
      names.set(client, new Set([...(names.get(client) ?? []), ...values]));
    }
  }
  const imports = [...names].map(
    ([client, values]) => `import { ${[...values].join(', ')} } from '${client}';`,
  );
  const used = [...names.values()].flatMap((values) => [...values]);
  const clients = used.filter((one) => one.endsWith('Client')).map((one) => `new ${one}()`);
  return `${imports.join('\n')}\nconst clients = [${clients.join(', ')}];\nexport const handler = async () => [clients, ${used.join(', ')}];\n`;
};

/** The files of the project that are loaded with an entry, and not only when something is asked for. */
const loadedBy = async (entry: string): Promise<readonly string[]> => {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind } of metafile.inputs[file]?.imports ?? [])
      if (kind === 'import-statement' && path in metafile.inputs) found.add(path);
  }
  return [...found];
};
