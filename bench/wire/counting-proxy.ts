import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { callOf, type WireCall } from './wire-call.ts';

/** What came back for a call. */
interface WireAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** What a proxy does beside counting. */
export interface ProxyOptions {
  /** The body that is sent on; the one that came unless given. */
  readonly rewrite?: (call: WireCall) => Buffer | undefined;
  /** Sees each answer that the server gave. */
  readonly onAnswer?: (call: WireCall, answer: WireAnswer) => void;
  /** Answers in place of the server, where it gives something. */
  readonly answer?: (call: WireCall) => WireAnswer | undefined;
  /** No answer leaves before its call is so many ms old; 0 unless told. */
  readonly leastMs?: number;
}

/** A way to a server of AWS's protocols, on which calls are counted: for whoever calls, in the same way. */
export interface CountingProxy {
  readonly endpoint: string;
  /** Calls so far, by `service:Operation`. */
  counts(): Readonly<Record<string, number>>;
  /** For how many ms some call was younger than `leastMs`: what a caller has to wait whose server is that quick. */
  waitedMs(): number;
  /** Counts calls from 0 again. */
  reset(): void;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port of the loopback interface, in front of the server at `target`. */
export const startCountingProxy = async (
  target: string,
  options: ProxyOptions = {},
): Promise<CountingProxy> => {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  const { leastMs = 0 } = options;
  let [waitedMs, waitsUntil] = [0, 0];
  const server = createServer(async (incoming, response) => {
    const begin = performance.now();
    try {
      const call = callOf(incoming, await buffer(incoming));
      counts.set(call.name, (counts.get(call.name) ?? 0) + 1);
      const due = begin + leastMs;
      waitedMs += due - Math.max(begin, waitsUntil);
      waitsUntil = due;
      const answered = options.answer?.(call);
      const { status, headers, body } = answered
        ? { ...answered, headers: {} }
        : await forward(target, incoming, options.rewrite?.(call) ?? call.body, agent);
      options.onAnswer?.(call, { status, body });
      const early = due - performance.now();
      if (early > 0) await delay(early);
      response.writeHead(status, headers).end(body);
    } catch (error) {
      // The caller sees a broken connection, as if the server had gone.
      response.destroy(error as Error);
    }
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    counts: () => Object.fromEntries(counts),
    waitedMs: () => waitedMs,
    reset: () => counts.clear(),
    async stop() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
};

const forward = async (target: string, incoming: IncomingMessage, body: Buffer, agent: Agent) => {
  const { method, url = '/' } = incoming;
  const headers = { ...incoming.headers, 'content-length': String(body.length) };
  delete headers['transfer-encoding'];
  const outgoing = httpRequest(new URL(url, target), { method, headers, agent });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { 'transfer-encoding': _, connection: __, ...kept } = answer.headers;
  const received = await buffer(answer);
  return {
    status: answer.statusCode ?? 502,
    // The checksum of DynamoDB Local is of what it sent, which is what is passed on.
    headers: { ...kept, 'content-length': String(received.length) },
    body: received,
  };
};
