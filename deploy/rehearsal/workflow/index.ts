export { WorkflowError } from './errors';
export { World, type WorldOptions } from './world';
export { checkWorkflow, eventNames, runWorkflows, type StartOptions } from './start';
export { summaryOf, tellRuns } from './report/tree';
export type { RunRecord, JobRecord, StepRecord } from './report/records';
export type { RunEvent } from './runner/events';
export type { WorkflowRun } from './runner/run';
