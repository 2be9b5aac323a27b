import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** Where servers are kept between runs, outside of git. */
const CACHE = resolve('.cache/conformance');

/** How a server comes onto this machine. */
export interface Recipe {
  readonly name: string;
  /** The file that pins its version; another content is another installation. */
  readonly pins: string;
  /** Puts it into an empty folder. */
  readonly install: (folder: string) => Promise<void>;
}

/** The folder of a server, installed once for all runs; an installation that was cut off is begun again. */
export const installed = async ({ name, pins, install }: Recipe): Promise<string> => {
  const version = createHash('sha256').update(readFileSync(pins)).digest('hex').slice(0, 12);
  const folder = `${CACHE}/${name}-${version}`;
  const whole = `${folder}/.installed`;
  if (existsSync(whole)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await install(folder);
  writeFileSync(whole, '');
  return folder;
};

/** Runs a program to its end; what it says is in the error when it fails. `needs` tells a person what is to be installed. */
export const run = async (program: string, args: readonly string[], needs: string): Promise<void> => {
  try {
    await promisify(execFile)(program, args, { maxBuffer: 2 ** 26 });
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    const said = code === 'ENOENT' ? 'it is not on this machine' : `${stdout}${stderr}`.trim().slice(-2_000);
    throw new Error(`could not run ${program} ${args.join(' ')}: ${said}. Needed: ${needs}`, {
      cause: error,
    });
  }
};
