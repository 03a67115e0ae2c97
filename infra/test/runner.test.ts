import { may, type Act } from './evaluate';
import { ACCOUNT, addresses, attributes, resources, synthesiseFrom } from './synth';

const stack = synthesiseFrom({
  project: { name: 'slipway', gitlab: { project: 'octo/shop', host: 'git.example.com' } },
  environments: [
    {
      name: 'staging',
      encryption: 'own',
      runner: { tokenSecret: 'runner-token' },
      services: [{ name: 'web', outboundPorts: [5432] }],
    },
    { name: 'production', preset: 'small', services: [{ name: 'web' }] },
  ],
});
const arn = (service: string, resource: string) => `arn:aws:${service}:ap-northeast-1:${ACCOUNT}:${resource}`;
const act = (action: string, resource: string): Act => ({ action, resource });
const repository = arn('ecr', 'repository/slipway/web');

test('without the setting there is none', () => {
  expect(addresses(stack('production')).filter((address) => /runner/.test(address))).toEqual([]);
});

describe('a host for GitLab’s jobs', () => {
  const document = stack('staging');

  test('is in a private subnet, reached by nobody, and reaches port 443', () => {
    expect(attributes(document, 'aws_autoscaling_group.runner_host')).toMatchObject({
      min_size: 1,
      max_size: 1,
      vpc_zone_identifier: ['a', 'c'].map((zone) => `\${aws_subnet.network_private_${zone}.id}`),
    });
    const rules = Object.values(resources(document, 'aws_security_group_rule')).filter(
      ({ security_group_id }) => security_group_id === '${aws_security_group.runner_group.id}',
    );
    expect(rules).toMatchObject([{ type: 'egress', from_port: 443, to_port: 443 }]);
    expect(JSON.stringify(attributes(document, 'aws_network_acl.network_rules_private').egress)).toContain(
      '"from_port":443',
    );
  });

  test('is entered without SSH, has an encrypted disk, and keeps its credentials from containers', () => {
    const template = attributes(document, 'aws_launch_template.runner_template');
    expect(template).not.toHaveProperty('key_name');
    expect(template).toMatchObject({
      metadata_options: { http_tokens: 'required', http_put_response_hop_limit: 1 },
      block_device_mappings: [{ ebs: { encrypted: 'true' } }],
      network_interfaces: [{ associate_public_ip_address: 'false' }],
    });
  });

  test('reads its token where it starts; nothing of it is in state', () => {
    const { user_data } = attributes(document, 'aws_launch_template.runner_template');
    const script = Buffer.from(String(user_data), 'base64').toString();
    expect(script).toContain('--secret-id slipway/staging/runner-token');
    expect(script).toContain('url = "https://git.example.com"');
    expect(attributes(document, 'aws_secretsmanager_secret.storage_secret_runner_token')).toMatchObject({
      name: 'slipway/staging/runner-token',
    });
  });

  test.each<[boolean, Act]>([
    [
      true,
      act(
        'secretsmanager:GetSecretValue',
        arn('secretsmanager', 'secret:slipway/staging/runner-token-AbCdEf'),
      ),
    ],
    [
      false,
      act(
        'secretsmanager:GetSecretValue',
        arn('secretsmanager', 'secret:slipway/staging/database-url-AbCdEf'),
      ),
    ],
    [true, act('ssmmessages:OpenDataChannel', '*')],
    [false, act('ssm:GetParameter', arn('ssm', 'parameter/slipway/staging/outputs'))],
    [false, act('ecr:PutImage', repository)],
    [false, act('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/slipway-build`)],
  ])('its role: %s %p', async (expected, one) => {
    expect(await may(document, 'runner_access', one)).toBe(expected);
  });
});
