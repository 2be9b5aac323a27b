import { CfnParameter, type Stack } from 'aws-cdk-lib';

/** Returns a factory for parameters of a stack. Those without a default are required. */
export const parametersOf = (stack: Stack) => {
  const parameter = (id: string, type: string, description: string, otherwise?: string): CfnParameter =>
    new CfnParameter(stack, id, {
      type,
      description,
      ...(otherwise === undefined ? {} : { default: otherwise }),
    });
  return {
    text: (id: string, description: string, otherwise?: string): string =>
      parameter(id, 'String', description, otherwise).valueAsString,
    list: (id: string, description: string, otherwise?: string): string[] =>
      parameter(id, 'CommaDelimitedList', description, otherwise).valueAsList,
  };
};
