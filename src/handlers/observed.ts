import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Context } from 'aws-lambda';
import { NAMESPACE } from '../alerts/count-incidents.ts';
import { loggable } from './loggable.ts';
import type { Observer } from './observer.ts';

/**
 * What the Lambda edge of one function uses to be seen: Powertools' logger, metrics and tracer. In Lambda all of it is
 * under the function's own name, which is another one for each ledger of an account: it is the one dimension of metrics.
 */
export const powertools = (name: string, env: Readonly<Record<string, string | undefined>> = {}) => {
  const serviceName = env.AWS_LAMBDA_FUNCTION_NAME ?? name;
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName });
  const tracer = new Tracer({ serviceName });
  let underWay: Context | undefined;

  /** The context of the invocation that is under way; throws before the first one. */
  const invocation = (): Context => {
    if (!underWay) throw new Error('no invocation is under way');
    return underWay;
  };

  const observer: Observer = {
    info: (message, fields) => logger.info(message, fields),
    error: (message, { error, ...fields }) =>
      logger.error(message, { ...fields, ...(error !== undefined && { error: loggable(error) }) }),
    count: (metric, value) => metrics.addMetric(metric, MetricUnit.Count, value),
    measure: (measure, value) => metrics.addMetric(measure, MetricUnit.Seconds, value),
  };

  /** Runs a handler with its invocation's context on every log line, its own trace, and its metrics written at the end. */
  const observed =
    <Event, Answer>(handler: (event: Event, context: Context) => Promise<Answer>) =>
    async (event: Event, context: Context): Promise<Answer> => {
      underWay = context;
      logger.addContext(context);
      metrics.captureColdStartMetric(context.functionName);
      const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
      const own = parent?.addNewSubsegment(`## ${serviceName}`);
      if (own) tracer.setSegment(own);
      tracer.annotateColdStart();
      try {
        return await handler(event, context);
      } catch (error) {
        logger.error('the invocation failed', { error: loggable(error) });
        tracer.addErrorAsMetadata(error as Error);
        throw error;
      } finally {
        metrics.publishStoredMetrics();
        own?.close();
        if (parent) tracer.setSegment(parent);
      }
    };

  return { observer, observed, invocation, traced: tracer.captureAWSv3Client.bind(tracer) };
};
