import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { World } from '../world';

export interface Caller {
  account: string;
  arn: string;
}

/** Whoever runs this. AWS needs no permission for the question. */
export function readCaller(world: World): Promise<Caller> {
  return world.read('sts:GetCallerIdentity', '', async () => {
    const { Account = '', Arn = '' } = await world.client(STSClient).send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  });
}
