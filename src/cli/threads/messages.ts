/** A message to a thread: work to do, or the answer to one of its questions. */
export type ToThread<Work, Answer> =
  | { readonly id: number; readonly work: Work }
  | { readonly question: number; readonly answer: Answer };

/**
 * A message from a thread: that it is ready, a question that work `id` depends on, the result of work `id`,
 * or its failure.
 */
export type FromThread<Done, Question> =
  | { readonly isReady: true }
  | { readonly id: number; readonly question: number; readonly asked: Question }
  | { readonly id: number; readonly done: Done }
  | { readonly id: number; readonly failure: unknown };
