/** What a failure is about, where the error itself cannot know. */
export interface FailureContext {
  /** Such as the file and the configuration. */
  readonly subject?: string;
  /** The text that a `position` in the error points into. */
  readonly condition?: string;
}

/** An error together with what it is about; `cause` is the error. */
export class Failure extends Error {
  readonly context: FailureContext;

  constructor(context: FailureContext, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'Failure';
    this.context = context;
  }
}

/** Does the work; if it fails, the failure says what it was about. */
export async function withContext<Value>(context: FailureContext, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new Failure(context, cause);
  }
}
