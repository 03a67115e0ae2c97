/** What an agent of today can do, and says with its registration. Source: "Amazon ECS container agent", developer guide. */
export const capabilities: readonly string[] = [
  'com.amazonaws.ecs.capability.docker-remote-api.1.17',
  'com.amazonaws.ecs.capability.docker-remote-api.1.18',
  'com.amazonaws.ecs.capability.docker-remote-api.1.19',
  'com.amazonaws.ecs.capability.ecr-auth',
  'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
  'com.amazonaws.ecs.capability.logging-driver.awslogs',
  'com.amazonaws.ecs.capability.logging-driver.fluentd',
  'com.amazonaws.ecs.capability.logging-driver.gelf',
  'com.amazonaws.ecs.capability.logging-driver.journald',
  'com.amazonaws.ecs.capability.logging-driver.json-file',
  'com.amazonaws.ecs.capability.logging-driver.splunk',
  'com.amazonaws.ecs.capability.logging-driver.syslog',
  'com.amazonaws.ecs.capability.privileged-container',
  'com.amazonaws.ecs.capability.task-iam-role',
  'com.amazonaws.ecs.capability.task-iam-role-network-host',
  'ecs.capability.container-health-check',
  'ecs.capability.container-ordering',
  'ecs.capability.env-files.s3',
  'ecs.capability.execution-role-awslogs',
  'ecs.capability.execution-role-ecr-pull',
  'ecs.capability.secrets.asm.environment-variables',
  'ecs.capability.secrets.ssm.environment-variables',
  'ecs.capability.task-cpu-mem-limit',
  'ecs.capability.task-eni',
];

/** Whether an attribute tells what an agent can do. */
export function isCapability(name: string): boolean {
  return name.startsWith('ecs.capability.') || name.startsWith('com.amazonaws.ecs.capability.');
}
