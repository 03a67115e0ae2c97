import type { Check } from '../check';
import { each } from '../world';

export const account: Check = {
  name: 'account',
  summary: "the credentials are of the account that the contract's account_id names",
  actions: ['sts:GetCallerIdentity'],
  run: (subject, world) => {
    const wanted = subject.output('account_id');
    if (wanted === undefined) return [];
    return each([wanted], async () => {
      const { readCaller } = await import('../reads/sts.ts');
      const { account, arn } = await readCaller(world);
      if (account === wanted) return [];
      return [
        {
          level: 'error',
          message: `the credentials are of account ${account} (${arn}), and ${subject.cluster} is in account ${wanted}`,
          hint: 'choose other credentials with --profile or AWS_PROFILE, or another environment',
        },
      ];
    });
  },
};
