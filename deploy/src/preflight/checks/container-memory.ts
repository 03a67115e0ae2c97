import type { Check, Problem } from '../check';
import type { Container } from '../subject';
import { number, text } from '../values';
import { parseCpu, parseMemory } from './task-size';

export const containerMemory: Check = {
  name: 'container-memory',
  summary: 'each container has memory, and all of them together fit into the task',
  actions: [],
  run: ({ task, taskAt, containers }) => {
    const taskMemory = parseMemory(text(task['memory']) ?? '');
    const taskCpu = parseCpu(text(task['cpu']) ?? '');
    const problems = containers.flatMap((container) => ofContainer(container, taskMemory));
    const sum = (member: (container: Container) => number) =>
      containers.reduce((total, container) => total + member(container), 0);
    const reserved = sum(({ value }) => number(value['memoryReservation']) ?? number(value['memory']) ?? 0);
    if (taskMemory !== undefined && reserved > taskMemory) {
      problems.push({
        level: 'error',
        message: `the containers reserve ${reserved} MiB together, and the task has ${taskMemory}`,
        hint: 'give the task more memory, or the containers less',
        position: taskAt('memory'),
      });
    }
    const cpu = sum(({ value }) => number(value['cpu']) ?? 0);
    if (taskCpu !== undefined && cpu > taskCpu) {
      problems.push({
        level: 'error',
        message: `the containers reserve ${cpu} CPU units together, and the task has ${taskCpu}`,
        hint: 'give the task more CPU, or the containers less',
        position: taskAt('cpu'),
      });
    }
    return problems;
  },
};

function ofContainer({ name, value, at }: Container, taskMemory: number | undefined): Problem[] {
  const memory = number(value['memory']);
  const reservation = number(value['memoryReservation']);
  const error = (message: string, hint: string, member?: string): Problem => ({
    level: 'error',
    message: `container ${name}: ${message}`,
    hint,
    position: member === undefined ? at() : at(member),
  });
  if (memory === undefined && reservation === undefined) {
    if (taskMemory !== undefined) return [];
    const missing = error('no memory is set, and none of the task', 'set "memory" or "memoryReservation"');
    return [{ ...missing, absence: true }];
  }
  const problems: Problem[] = [];
  if (memory !== undefined && memory < 6)
    problems.push(error(`memory of ${memory} MiB is too little`, 'ECS takes 6 MiB or more', 'memory'));
  if (memory !== undefined && taskMemory !== undefined && memory > taskMemory) {
    const hint = 'a container cannot have more than its task';
    problems.push(error(`memory of ${memory} MiB is more than the task's ${taskMemory}`, hint, 'memory'));
  }
  if (memory !== undefined && reservation !== undefined && reservation > memory) {
    const message = `memoryReservation of ${reservation} MiB is more than memory, ${memory}`;
    problems.push(error(message, 'the reservation is the lower one', 'memoryReservation'));
  }
  return problems;
}
