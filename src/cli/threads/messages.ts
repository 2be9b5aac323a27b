/** What a thread hears: something to do, or the answer to a question of its own. */
export type ToThread<Work, Answer> =
  | { readonly id: number; readonly work: Work }
  | { readonly question: number; readonly answer: Answer };

/** What it says: that it can begin, a question that work `id` depends on, what work `id` gave, or why nothing. */
export type FromThread<Done, Question> =
  | { readonly isReady: true }
  | { readonly id: number; readonly question: number; readonly asked: Question }
  | { readonly id: number; readonly done: Done }
  | { readonly id: number; readonly failure: unknown };
