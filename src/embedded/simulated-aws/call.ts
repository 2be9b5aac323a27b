/** Errors to inject into a simulated service, for one command type. */
export interface Faults<Command> {
  /**
   * Loses a request: called before the call runs. If it returns an error, that error is thrown and nothing
   * happens.
   */
  readonly fault?: (command: Command) => Error | undefined;
  /**
   * Loses a reply: called after the call succeeded. If it returns an error, that error is thrown, but the
   * effect stays.
   */
  readonly loseReply?: (command: Command) => Error | undefined;
}

/**
 * Runs one simulated call, with a possible fault before and after it. A refused call throws its own error.
 */
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

/** The `$metadata` of a reply or an exception, as SDK v3 returns it after a single attempt. */
export interface CallMetadata {
  readonly httpStatusCode: number;
  readonly requestId: string;
  readonly attempts: number;
  readonly totalRetryDelay: number;
}

/**
 * Builds the metadata of a simulated call, which is always one attempt: the SDK's own retries lie below the
 * seam.
 */
export const callMetadata = (requestId: string, httpStatusCode = 200): CallMetadata => ({
  httpStatusCode,
  requestId,
  attempts: 1,
  totalRetryDelay: 0,
});

/**
 * Generates request ids in the shape of a UUID: the start time, then a counter. A fixed clock produces the
 * same ids on each run. A real clock produces different ones, so that two runs do not put equal ids into one
 * ledger.
 */
export const requestIds = (startedAt: number): (() => string) => {
  const start = Math.max(0, Math.trunc(startedAt)).toString(16).padStart(12, '0').slice(-12);
  let count = 0;
  return () => {
    count += 1;
    return `${start.slice(0, 8)}-${start.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
};

/**
 * The error for a command that a simulation does not support: a mistake in the program, not an answer of AWS.
 */
export const unsupportedCommand = (
  service: string,
  command: unknown,
  supported: readonly string[],
): Error => {
  const name = (command as { constructor?: { name?: string } } | null | undefined)?.constructor?.name;
  const list = [supported.slice(0, -1).join(', '), supported.at(-1)].filter(Boolean).join(' and ');
  return new Error(`The simulated ${service} got ${name ?? String(command)}; it supports ${list} only.`);
};
