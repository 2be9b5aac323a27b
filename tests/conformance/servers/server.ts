import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that the suite started. */
export interface Server {
  readonly endpoint: string;
  /** The id of its process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** How a server is started on a port. */
export interface Launch {
  readonly name: string;
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A JVM on a busy machine takes its time. */
const STARTS_WITHIN_MS = 90_000;
const STOPS_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;
const SAID_AT_MOST = 4_000;

/** Starts a server on a free port of the loopback interface; resolves once it answers HTTP, and rejects with what it said when it does not. */
export const startServer = async ({ name, program, args, env }: Launch): Promise<Server> => {
  const port = await freePort();
  const child = spawn(program, args(port), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-SAID_AT_MOST);
    });
  }
  let ended: string | undefined;
  child.once('error', (error) => {
    ended ??= error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `it ended with ${code ?? signal}`;
  });
  const abandon = () => child.kill('SIGKILL');
  process.once('exit', abandon);
  const stop = async (): Promise<void> => {
    process.off('exit', abandon);
    if (ended !== undefined) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await exit;
    clearTimeout(timer);
  };

  const endpoint = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + STARTS_WITHIN_MS; ; await delay(LOOK_EVERY_MS)) {
    if (ended !== undefined) throw new Error(`${name} did not start: ${ended}\n${said}`);
    if (await answers(endpoint)) return { endpoint, pid: child.pid as number, stop };
    if (Date.now() < until) continue;
    await stop();
    throw new Error(`${name} did not answer within ${STARTS_WITHIN_MS / 1_000} s\n${said}`);
  }
};

/** A port that nobody listens on now. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Any answer will do, also a refusal. */
const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { signal: AbortSignal.timeout(STOPS_WITHIN_MS) }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return true;
    },
    () => false,
  );
