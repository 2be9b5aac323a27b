import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';
import { NAMESPACE } from '../../alerts/count-incidents.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import { safeError } from './safe-error.ts';

/**
 * Creates the telemetry of one Lambda function: the Powertools logger, metrics and tracer. In Lambda the
 * service name is the function's own name, which differs for each ledger of an account. It is the only
 * dimension of the metrics.
 */
export const powertools = (name: string, env: Env = {}) => {
  const serviceName = env.AWS_LAMBDA_FUNCTION_NAME ?? name;
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName });
  const { traced, tracing } = tracerOf(serviceName, env);
  let underWay: Context | undefined;

  /** Returns the context of the current invocation. Throws before the first one. */
  const invocation = (): Context => {
    if (!underWay) throw new Error('no invocation is under way');
    return underWay;
  };

  const telemetry: Telemetry = {
    info: (message, fields) => logger.info(message, fields),
    error: (message, { error, ...fields }) =>
      logger.error(message, { ...fields, ...(error !== undefined && { error: safeError(error) }) }),
    count: (metric, value) => metrics.addMetric(metric, MetricUnit.Count, value),
    measure: (measure, value) => metrics.addMetric(measure, MetricUnit.Seconds, value),
  };

  /**
   * Wraps a handler: adds the invocation's context to every log line, traces it in a subsegment of its own,
   * and publishes its metrics at the end.
   */
  const observed =
    <Event, Answer>(handler: (event: Event, context: Context) => Promise<Answer>) =>
    async (event: Event, context: Context): Promise<Answer> => {
      underWay = context;
      logger.addContext(context);
      metrics.captureColdStartMetric(context.functionName);
      const tracer = await tracing();
      const parent = tracer?.isTracingEnabled() ? tracer.getSegment() : undefined;
      const own = parent?.addNewSubsegment(`## ${serviceName}`);
      if (own) tracer?.setSegment(own);
      tracer?.annotateColdStart();
      try {
        return await handler(event, context);
      } catch (error) {
        logger.error('the invocation failed', { error: safeError(error) });
        tracer?.addErrorAsMetadata(error as Error);
        throw error;
      } finally {
        metrics.publishStoredMetrics();
        own?.close();
        if (parent) tracer?.setSegment(parent);
      }
    };

  return { telemetry, observed, invocation, traced };
};

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Loads the tracer at the first invocation that X-Ray samples. Lambda names the trace in the environment
 * (Lambda guide, "Defined runtime environment variables"), and X-Ray samples one invocation in twenty by
 * default. Loading the tracer's SDK at start-up would add half as much time again as everything else takes.
 * Clients created earlier are traced from then on.
 */
const tracerOf = (serviceName: string, env: Env) => {
  let tracer: Tracer | undefined;
  const waiting: object[] = [];

  const traced = <Client extends object>(client: Client): Client => {
    if (tracer) return tracer.captureAWSv3Client(client);
    waiting.push(client);
    return client;
  };

  const tracing = async (): Promise<Tracer | undefined> => {
    if (tracer || !env._X_AMZN_TRACE_ID?.includes('Sampled=1')) return tracer;
    const { Tracer } = await import('@aws-lambda-powertools/tracer');
    tracer = new Tracer({ serviceName });
    // The tracer instruments the client in place, so clients handed out earlier are traced too.
    for (const client of waiting.splice(0)) tracer.captureAWSv3Client(client);
    return tracer;
  };
  return { traced, tracing };
};
