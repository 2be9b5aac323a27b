/**
 * An error reduced to what is safe to log: name, message, stack, AWS request id and the names of its causes.
 * A logger writes all members of an error, and an SDK error holds the service's response: DynamoDB's failed
 * condition includes the winning item, with a resource's tag values.
 */
export const safeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { name: typeof error };
  const { $metadata } = error as { $metadata?: { requestId?: string } };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...($metadata?.requestId && { awsRequestId: $metadata.requestId }),
    causes: causesOf(error),
  };
};

const causesOf = ({ cause }: Error): string[] =>
  cause instanceof Error ? [cause.name, ...causesOf(cause)] : [];
