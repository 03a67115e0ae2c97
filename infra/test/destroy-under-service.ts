import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rehearsal } from '../../deploy/rehearsal/rehearsal';
import { main } from '../../deploy/src/cli';
import type { StackUnderTerraform } from './life';

interface Ran {
  code: number;
  said: string;
}

export interface DestroyUnderService {
  deployed: Ran;
  /** Addresses in state before the attempt, and after it. */
  before: string[];
  after: string[];
  /** What terraform said. */
  said: string[];
  /** Of the service after the attempt, at the load balancer. */
  answer: string;
  deleted: Ran;
}

/**
 * Deploys a service onto an environment with the deploy command, tries to destroy the environment, and takes the service
 * away as the docs say.
 */
export async function destroyUnderService(
  stack: StackUnderTerraform,
  environment: string,
  rehearsal: Rehearsal,
): Promise<DestroyUnderService> {
  const app = mkdtempSync(join(tmpdir(), 'slipway-app-'));
  try {
    writeApp(app, environment);
    const slipway = async (...argv: string[]): Promise<Ran> => {
      const said: string[] = [];
      const hear = (text: string) => void said.push(text);
      const env = { ...rehearsal.environment };
      const code = await main(argv, { cwd: app, env, stdout: hear, stderr: hear, isTerminal: false });
      return { code, said: said.join('') };
    };
    const deployed = await slipway('deploy', environment, '--image', 'sample/ok:1');
    const before = await stack.addresses();
    const said = await stack.destroyUntilStuckAt('aws_ecs_cluster.cluster');
    const after = await stack.addresses();
    const answer = await ask(rehearsal, environment);
    const deleted = await slipway('delete', environment, '--yes');
    return { deployed, before, said, after, answer, deleted };
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}

/** At the port of this machine that stands for the environment's load balancer. */
async function ask(rehearsal: Rehearsal, environment: string): Promise<string> {
  const listener = rehearsal
    .listeners()
    .find(({ loadBalancerArn, port }) => port === 80 && loadBalancerArn.includes(`-${environment}/`));
  const response = await fetch(listener?.url ?? `no listener of ${environment}`);
  return `${response.status} ${(await response.text()).trim()}`;
}

function writeApp(directory: string, environment: string): void {
  mkdirSync(join(directory, 'ecs'));
  const write = (file: string, content: object) =>
    writeFileSync(join(directory, file), JSON.stringify(content, null, 2));
  write('slipway.yml', {
    service: 'web',
    cluster: '{{ output `cluster_name` }}',
    task_definition: 'ecs/task-definition.json',
    service_definition: 'ecs/service.json',
    environments: { [environment]: { outputs: `ssm:///slipway/${environment}` } },
  });
  write('ecs/task-definition.json', {
    family: '{{ output `task_definition_family` }}',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: '{{ output `task_execution_role_arn` }}',
    taskRoleArn: '{{ output `task_role_arn` }}',
    containerDefinitions: [
      {
        name: 'web',
        image: '{{ must_env `IMAGE` }}',
        essential: true,
        portMappings: [{ containerPort: 3000 }],
        environment: [{ name: 'PORT', value: '3000' }],
      },
    ],
  });
  write('ecs/service.json', {
    desiredCount: 1,
    launchType: 'FARGATE',
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: '{{ output `task_subnet_ids` }}',
        securityGroups: ['{{ output `service_security_group_id` }}'],
        assignPublicIp: '{{ output `assign_public_ip` }}',
      },
    },
    loadBalancers: [
      { targetGroupArn: '{{ output `target_group_arn` }}', containerName: 'web', containerPort: 3000 },
    ],
  });
}
