/** A workflow that cannot be run, or not here: the message names the file, the line and what would be right. */
export class WorkflowError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'WorkflowError';
  }
}

/** What one step did wrong; it fails that step as a program's exit code does. */
export class StepFailure extends Error {}

/** A step inside an action failed, and has said why. */
export class InnerFailure extends StepFailure {}
