import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../schema/did-you-mean';
import { generateSchemas } from '../../scripts/schemas';
import { loadSchema, parseType } from '../schema/schema';
import { validate } from '../schema/validate';

const lines = (shape: string, value: unknown) =>
  validate(shape, value).map(({ kind, path, message }) => `${kind} ${path.join('.')}: ${message}`);

test.each(['ecs.json', 'slipway.json'])(
  '%s is what npm run generate makes of the installed SDK and the config schema',
  (path) => {
    const generated = generateSchemas().find((one) => one.path === path);
    expect(readFileSync(join(__dirname, '../schema', path), 'utf8')).toBe(generated?.text);
  },
);

test('every type that the schema names can be read', () => {
  const schema = loadSchema();
  for (const { members, required = [] } of Object.values(schema.structures)) {
    for (let type of Object.values(members)) {
      for (let parsed = parseType(schema, type); 'element' in parsed; parsed = parseType(schema, type))
        type = parsed.element;
    }
    expect(Object.keys(members)).toEqual(expect.arrayContaining([...required]));
  }
  expect(Object.keys(schema.operations)).toEqual(
    expect.arrayContaining([
      'RegisterTaskDefinition',
      'CreateService',
      'UpdateService',
      'StopServiceDeployment',
      'ListTasks',
    ]),
  );
});

test('a task definition with one fault of each kind', () => {
  const value = {
    networkMode: 'awsvpcc',
    requiresCompatibilities: ['FARGATE', 'LAMBDA'],
    cpu: 256,
    containerDefinitons: [],
    containerDefinitions: [
      {
        image: ['nginx'],
        portMappings: [{ containerPort: '80', protcol: 'tcp' }],
        healthCheck: { interval: 5 },
        dependsOn: [{ containerName: 'a', condition: 'STARTED' }],
        environment: [{ name: 'A', value: 1 }],
        secrets: [{ name: 'S' }],
        dockerLabels: { 'any key': 'ok', bad: 5 },
        logConfiguration: 'awslogs',
        essential: 'yes',
      },
    ],
  };
  expect(lines('RegisterTaskDefinitionRequest', value)).toEqual([
    'required : "family" is missing',
    'enum networkMode: "awsvpcc" is not one of awsvpc, bridge, host, none (did you mean "awsvpc"?)',
    expect.stringMatching(/^enum requiresCompatibilities\.1: "LAMBDA" is not one of EC2, EXTERNAL, FARGATE/),
    'type cpu: must be a string, but is the number 256',
    'unknown containerDefinitons: unknown field "containerDefinitons" (did you mean "containerDefinitions"?)',
    'type containerDefinitions.0.image: must be a string, but is a list',
    'type containerDefinitions.0.portMappings.0.containerPort: must be a number, but is the string "80"',
    'unknown containerDefinitions.0.portMappings.0.protcol: unknown field "protcol" (did you mean "protocol"?)',
    'required containerDefinitions.0.healthCheck: "command" is missing',
    expect.stringMatching(
      /^enum containerDefinitions\.0\.dependsOn\.0\.condition: "STARTED" is not one of .*\(did you mean "START"\?\)$/,
    ),
    'type containerDefinitions.0.environment.0.value: must be a string, but is the number 1',
    'required containerDefinitions.0.secrets.0: "valueFrom" is missing',
    'type containerDefinitions.0.dockerLabels.bad: must be a string, but is the number 5',
    'type containerDefinitions.0.logConfiguration: must be an object, but is the string "awslogs"',
    'type containerDefinitions.0.essential: must be a boolean, but is the string "yes"',
  ]);
});

test('null counts as absent, and only the right thing at the top is an object', () => {
  expect(lines('CreateServiceRequest', { serviceName: null, desiredCount: null })).toEqual([
    'required : "serviceName" is missing',
  ]);
  expect(lines('CreateServiceRequest', [])).toEqual(['type : must be an object, but is a list']);
  expect(lines('RegisterTaskDefinitionRequest', { family: 'a', containerDefinitions: [] })).toEqual([]);
  expect(lines('ListServicesRequest', JSON.parse('{"__proto__": 1, "constructor": 2}'))).toHaveLength(2);
});

test.each([
  ['containerDefinitons', 'containerDefinitions'],
  ['IMAGE', 'image'],
  ['task_role_arn', 'taskRoleArn'],
  ['imgae', 'image'],
  ['zzz', undefined],
  ['x', undefined],
])('%s may have been meant as %s', (written, meant) => {
  expect(didYouMean(written, ['containerDefinitions', 'image', 'taskRoleArn', 'family'])).toBe(meant);
});
