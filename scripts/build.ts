import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { FUNCTION_NAMES } from '../src/shared/function-names.ts';

/**
 * `build.ts` builds everything; `build.ts cli` builds only the command line, as `npm ci` does. The command
 * line loads its packages from node_modules. The bundle of a Lambda function contains its packages.
 */

/** Builds the command line into `outdir`: `tagledger.js`, and the file of its worker thread. */
export const buildCli = async (outdir: string): Promise<void> => {
  rmSync(`${outdir}/chunks`, { recursive: true, force: true });
  await build({
    entryPoints: {
      tagledger: 'src/cli/tagledger.ts',
      'verify-thread': 'src/cli/commands/verify/thread.ts',
    },
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
  chmodSync(`${outdir}/tagledger.js`, 0o755);
};

/**
 * Builds each Lambda function into `outdir/NAME/index.mjs`, from its file among the handlers unless `fileOf`
 * names another one. What it imports when it is asked for something stands beside it in files of its own,
 * which cost nothing before. `external` packages are left out of the bundles.
 */
export const buildFunctions = async (
  outdir: string,
  external: string[],
  fileOf = (name: string) => `src/handlers/${name}/lambda.ts`,
): Promise<void> => {
  rmSync(outdir, { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  // One build for each function, because a chunk shared by two would be in neither's folder.
  for (const name of FUNCTION_NAMES) {
    await build({
      entryPoints: [{ in: fileOf(name), out: 'index' }],
      outdir: `${outdir}/${name}`,
      chunkNames: '[name]-[hash]',
      splitting: true,
      external,
      define: { BUILD_VERSION: JSON.stringify(version) },
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      sourcemap: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      // Unused code is dropped from the SDK's ES modules, but not from Node's default, the CommonJS build.
      mainFields: ['module', 'main'],
      // CommonJS packages among the bundled ones call require, which an ES module does not have by itself.
      banner: {
        js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
      },
      logLevel: 'warning',
    });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildCli('dist');
  if (process.argv[2] !== 'cli') await buildFunctions('dist/lambda', []);
}
