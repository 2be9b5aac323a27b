import { installed, run } from './install.ts';

const NEEDS = 'Python 3.10 or later with venv, and PyPI within reach (Debian: python3-venv)';

/** A virtual environment of Python with exactly the packages that a requirements file pins; gives its folder. */
export const virtualEnvironment = (name: string, requirements: string): Promise<string> =>
  installed({
    name,
    pins: requirements,
    install: async (to) => {
      await run('python3', ['-m', 'venv', to], NEEDS);
      const quick = ['-q', '--disable-pip-version-check', '--no-compile', '--no-deps'];
      await run(`${to}/bin/pip`, ['install', ...quick, '-r', requirements], NEEDS);
    },
  });
