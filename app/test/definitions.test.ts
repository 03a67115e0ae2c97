import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../src/settings';
import { appDirectory } from './support/process';

// What must agree between the files of this folder. Types and field names are checked by `slipway check`.
const read = (path: string) => readFileSync(join(appDirectory, path), 'utf8');
const definitionFiles = ['ecs/task-definition.json', 'ecs/service.json', 'slipway.yml'];

interface TaskDefinition {
  containerDefinitions: [
    { name: string; stopTimeout: number; portMappings: [{ containerPort: number }]; user: string },
  ];
}
interface Service {
  loadBalancers: [{ containerName: string; containerPort: number }];
}
const task = JSON.parse(read('ecs/task-definition.json')) as TaskDefinition;
const service = JSON.parse(read('ecs/service.json')) as Service;
const [container] = task.containerDefinitions;
const [loadBalancer] = service.loadBalancers;
const dockerfile = read('Dockerfile');

test('ECS waits longer than the app takes to stop', () => {
  expect(container.stopTimeout).toBeGreaterThan(readSettings({}).stopTimeoutSeconds);
});

test('the load balancer sends to the port that the app listens on', () => {
  const port = readSettings({}).port;
  expect(loadBalancer).toMatchObject({ containerName: container.name, containerPort: port });
  expect(container.portMappings[0].containerPort).toBe(port);
  expect(dockerfile).toContain(`PORT=${port}`);
  expect(dockerfile).toContain(`EXPOSE ${port}`);
});

test('the task runs as the user of the image, in a container named as the service', () => {
  expect(dockerfile).toContain(`USER ${container.user}`);
  expect(read('slipway.yml')).toMatch(new RegExp(`^service: ${container.name}$`, 'm'));
});

test.each(definitionFiles)('%s reaches infrastructure only through the contract', (file) => {
  const text = read(file);
  expect(text).not.toMatch(/arn:|\b\d{12}\b|\b(?:subnet|sg|vpc)-[0-9a-f]|amazonaws\.com/);
  const functions = [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]);
  expect(functions.filter((name) => !['output', 'env', 'must_env'].includes(name!))).toEqual([]);
});
