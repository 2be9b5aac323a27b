import { fork } from 'node:child_process';
import { env } from 'node:process';

/** What one invocation took and gave. */
interface Invoked {
  readonly answer: unknown;
  /** How long a processor was busy. */
  readonly processorSeconds: number;
  /** The most memory that the function's process has held so far, in MB. */
  readonly peakMb: number;
}

/** A Lambda function, run here from the file that is deployed. */
export interface DeployedFunction {
  /** Rejects when the handler throws. */
  invoke(event: unknown): Promise<Invoked>;
  /** Bytes that it has written to its log so far. */
  logged(): number;
  stop(): void;
}

/** Starts the function of this name from `dist/lambda`, with these variables. */
export const startFunction = async (
  name: string,
  variables: Readonly<Record<string, string>>,
): Promise<DeployedFunction> => {
  const host = fork('bench/cost/function-host.mjs', [`dist/lambda/${name}/index.mjs`], {
    env: { PATH: env.PATH, AWS_LAMBDA_FUNCTION_NAME: `tagledger-${name}`, ...variables },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'json',
  });
  let [bytes, count] = [0, 0];
  host.stdout?.on('data', (some: Buffer) => {
    bytes += some.length;
  });
  let waiting: { resolve: (said: Invoked) => void; reject: (error: Error) => void } | undefined;
  const next = () =>
    new Promise<Invoked>((resolve, reject) => {
      waiting = { resolve, reject };
    });
  host.on('message', (said: Invoked & { readonly error?: string }) =>
    said.error
      ? waiting?.reject(new Error(`the function ${name} failed: ${said.error}`))
      : waiting?.resolve(said),
  );
  host.once('exit', (code) => waiting?.reject(new Error(`the function ${name} ended with ${code}`)));
  await next();
  return {
    invoke(event) {
      count += 1;
      host.send({ event, name, count });
      return next();
    },
    logged: () => bytes,
    stop: () => host.kill(),
  };
};
