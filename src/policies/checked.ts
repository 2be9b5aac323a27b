import * as v from 'valibot';

/** A string that `problem` finds nothing wrong with: it gives the end of a sentence, or undefined. */
export const checked = (problem: (text: string) => string | undefined) =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problem(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
  );
