type Resources = Record<string, Record<string, Record<string, unknown>>>;

const world = { protocol: 'tcp', cidr_blocks: ['0.0.0.0/0'], from_port: 22, to_port: 22 };
const balancer = { aws_lb: { it: { load_balancer_type: 'application' } } };
const allows = (statement: object) => ({
  aws_iam_role_policy: {
    it: { policy: JSON.stringify({ Statement: [{ Sid: 'It', Effect: 'Allow', ...statement }] }) },
  },
});
const trusts = (statement: object) => ({
  aws_iam_role: {
    it: { assume_role_policy: JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] }) },
  },
});
const workflows = (subject: string) =>
  trusts({
    Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
    Condition: {
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: { 'token.actions.githubusercontent.com:sub': subject },
    },
  });

/** For rules that forbid something, by their id: what they forbid. */
export const wrong: Readonly<Record<string, Resources>> = {
  'own-vpc': { aws_default_vpc: { it: {} } },
  'world-reaches-https-alone': { aws_security_group_rule: { it: { ...world, type: 'ingress' } } },
  'egress-by-port': { aws_security_group_rule: { it: { ...world, type: 'egress', protocol: '-1' } } },
  'rules-apart': { aws_security_group: { it: { ingress: [world] } } },
  // The return ports of a stateless list have the one of RDP among them.
  'acl-closed-to-administration': {
    aws_network_acl: {
      it: {
        ingress: [
          { action: 'allow', protocol: 'tcp', cidr_block: '0.0.0.0/0', from_port: 1024, to_port: 65535 },
        ],
      },
    },
  },
  'default-acl': { aws_default_network_acl: { it: { ingress: [world] } } },
  'tls-policy': { aws_lb_listener: { it: { protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-2016-08' } } },
  'drops-invalid-headers': balancer,
  desync: balancer,
  firewall: balancer,
  'no-ssh': { aws_launch_template: { it: { key_name: 'mine' } } },
  'builds-unprivileged': { aws_codebuild_project: { it: { environment: { privileged_mode: true } } } },
  'no-secret-in-plain-text': {
    aws_codebuild_project: {
      it: { environment: { environment_variable: [{ name: 'NPM_TOKEN', value: 'x', type: 'PLAINTEXT' }] } },
    },
  },
  'nothing-for-everybody': {
    aws_s3_bucket_policy: {
      it: {
        policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }] }),
      },
    },
  },
  'no-secret-in-state': { aws_secretsmanager_secret_version: { it: {} } },
  'exact-subjects': workflows('repo:octo/*'),
  'roles-for-somebody': trusts({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }),
  'no-whole-service': allows({ Action: 's3:*', Resource: 'arn:aws:s3:::it' }),
  'resources-named': allows({ Action: ['s3:GetObject'], Resource: '*' }),
  'pass-role': allows({ Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/it' }),
  'no-administrator': {
    aws_iam_role_policy_attachment: { it: { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
  },
  'no-users': { aws_iam_user: { it: {} } },
  'short-sessions': { aws_iam_role: { it: { max_session_duration: 43_200 } } },
};
