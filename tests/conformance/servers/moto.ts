import { installed, run } from './install.ts';
import { type Server, startServer } from './server.ts';

const REQUIREMENTS = 'tests/conformance/servers/requirements.txt';
const NEEDS = 'Python 3.10 or later with venv, and PyPI within reach (Debian: python3-venv)';

/** The account in which moto's resources are. */
export const MOTO_ACCOUNT = '111122223333';

/** moto's server: a whole AWS in memory, of which no request needs valid credentials. */
export const startMoto = async (): Promise<Server> => {
  const folder = await installed({
    name: 'moto',
    pins: REQUIREMENTS,
    install: async (to) => {
      await run('python3', ['-m', 'venv', to], NEEDS);
      const quick = ['-q', '--disable-pip-version-check', '--no-compile', '--no-deps'];
      await run(`${to}/bin/pip`, ['install', ...quick, '-r', REQUIREMENTS], NEEDS);
    },
  });
  return startServer({
    name: 'moto',
    program: `${folder}/bin/python`,
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: { MOTO_ACCOUNT_ID: MOTO_ACCOUNT },
  });
};
