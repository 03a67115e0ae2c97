import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListExports,
} from '@aws-sdk/client-cloudformation';
import { createClient, type ClientOptions } from './clients';

/** The outputs of a CloudFormation stack by key; undefined where there is no such stack. */
export async function readStackOutputs(
  options: ClientOptions,
  stack: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const client = createClient(CloudFormationClient, options);
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return new Map(
      (found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    // A stack that is not there has no exception of its own.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      return undefined;
    }
    throw error;
  } finally {
    client.destroy();
  }
}

/** What a stack of this account and region exports under a name; undefined where none does. */
export async function readExport(options: ClientOptions, name: string): Promise<string | undefined> {
  const client = createClient(CloudFormationClient, options);
  try {
    for await (const { Exports = [] } of paginateListExports({ client }, {})) {
      const found = Exports.find(({ Name }) => Name === name);
      if (found !== undefined) return found.Value ?? '';
    }
    return undefined;
  } finally {
    client.destroy();
  }
}
