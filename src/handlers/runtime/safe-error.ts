/**
 * An error as it may stand in a log: name, message, stack, AWS's request id, and the names of its causes. Nothing
 * else, because a logger writes all members of an error, and an error of the SDK holds what the service answered:
 * DynamoDB's failed condition carries the item that won, with a resource's tag values.
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
