/** Errors to inject into a simulated service, for one command type. */
export interface Faults<Command> {
  /** The request is lost: asked before anything is done; the error it gives is thrown, and nothing happens. */
  readonly fault?: (command: Command) => Error | undefined;
  /** The reply is lost: asked after a successful act, which stays done; the error it gives is thrown. */
  readonly loseReply?: (command: Command) => Error | undefined;
}

/** Does one simulated call between the two places where a fault may strike. An act that is refused throws its own error. */
export const callWithFaults = async <Command, Reply>(
  { fault, loseReply }: Faults<Command>,
  command: Command,
  act: () => Reply | Promise<Reply>,
): Promise<Reply> => {
  const lostRequest = fault?.(command);
  if (lostRequest) throw lostRequest;
  const reply = await act();
  const lostReply = loseReply?.(command);
  if (lostReply) throw lostReply;
  return reply;
};

/** The `$metadata` of a reply or an exception, as SDK v3 gives it after a single attempt. */
export interface CallMetadata {
  readonly httpStatusCode: number;
  readonly requestId: string;
  readonly attempts: number;
  readonly totalRetryDelay: number;
}

/** Metadata of the one attempt that a simulated call is: the SDK's own retries lie below the seam and do not happen. */
export const callMetadata = (requestId: string, httpStatusCode = 200): CallMetadata => ({
  httpStatusCode,
  requestId,
  attempts: 1,
  totalRetryDelay: 0,
});

/**
 * Request ids in the shape of a UUID: the start time, then a counter. The same on each run with a fixed clock,
 * and different from run to run with a real one, so that two runs do not leave equal ids in one ledger.
 */
export const requestIds = (startedAt: number): (() => string) => {
  const start = Math.max(0, Math.trunc(startedAt)).toString(16).padStart(12, '0').slice(-12);
  let count = 0;
  return () => {
    count += 1;
    return `${start.slice(0, 8)}-${start.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
};

/** What a stand-in throws for a command that it does not know: a mistake in the program, not an answer of AWS. */
export const unsupportedCommand = (
  service: string,
  command: unknown,
  supported: readonly string[],
): Error => {
  const name = (command as { constructor?: { name?: string } } | null | undefined)?.constructor?.name;
  const list = [supported.slice(0, -1).join(', '), supported.at(-1)].filter(Boolean).join(' and ');
  return new Error(`The simulated ${service} got ${name ?? String(command)}; it supports ${list} only.`);
};
