/** Context of an error that the error itself does not have. */
export interface FailureContext {
  /** Such as the file and the id of the configuration. */
  readonly subject?: string;
  /** The condition text that `position` in the error refers to. */
  readonly condition?: string;
}

/** An error with its context; `cause` is the error. */
export class Failure extends Error {
  readonly context: FailureContext;

  constructor(context: FailureContext, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Failure';
    this.context = context;
  }
}

/** Does the work and adds the context to its error. */
export async function withContext<Value>(context: FailureContext, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new Failure(context, cause);
  }
}
