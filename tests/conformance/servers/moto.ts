import { type Server, startServer } from './server.ts';
import { virtualEnvironment } from './virtual-environment.ts';

const REQUIREMENTS = 'tests/conformance/servers/requirements.txt';

/** The account in which moto's resources are. */
const MOTO_ACCOUNT = '111122223333';

/** moto's server: a whole AWS in memory, of which no request needs valid credentials. */
export const startMoto = async (): Promise<Server> => {
  const folder = await virtualEnvironment('moto', REQUIREMENTS);
  return startServer({
    name: 'moto',
    program: `${folder}/bin/python`,
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: { MOTO_ACCOUNT_ID: MOTO_ACCOUNT },
  });
};
