import type { Arns } from '../arns';
import { actions, policy } from './policy';

/**
 * Of the host itself: it is entered by Session Manager, and reads its own token. Not AWS's AmazonSSMManagedInstanceCore,
 * which reads every parameter of the account; and nothing of what jobs do.
 * Source: Systems Manager user guide, minimal permissions of Session Manager.
 */
export function runnerPolicy(arns: Arns, secretName: string, keyArn: string | undefined): string {
  return policy([
    {
      // None of these takes a resource.
      Sid: 'Session',
      Effect: 'Allow',
      Action: [
        'ssm:UpdateInstanceInformation',
        ...actions('ssmmessages', [
          'CreateControlChannel',
          'CreateDataChannel',
          'OpenControlChannel',
          'OpenDataChannel',
        ]),
      ],
      Resource: '*',
    },
    {
      Sid: 'Token',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      // Six characters that Secrets Manager appends.
      Resource: arns.secret(`${secretName}-??????`),
    },
    ...(keyArn === undefined
      ? []
      : [
          {
            Sid: 'TokenKey',
            Effect: 'Allow',
            Action: 'kms:Decrypt',
            Resource: keyArn,
            Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${arns.region}.amazonaws.com` } },
          } as const,
        ]),
  ]);
}
