import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Construct } from 'constructs';
import { TerraformOutput } from '../cdktf';
import {
  CONTRACT_VERSION,
  contract,
  contractHash,
  type EnvironmentOutputs,
  type OutputPromise,
  type ServiceOutputs,
} from '../contract';

export interface PublishedOutputsProps {
  readonly environment: EnvironmentOutputs;
  readonly services: Readonly<Record<string, ServiceOutputs>>;
  /** Names of the SSM parameters. */
  readonly environmentParameter: string;
  readonly serviceParameter: (service: string) => string;
}

/**
 * Publishes what the contract promises, twice: as SSM parameters, which an app's deploy reads without any access to
 * state, and as Terraform outputs, one each for the environment and one object for its services.
 */
export class PublishedOutputs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    readonly props: PublishedOutputsProps,
  ) {
    super(scope, id);
    this.parameter('environment', props.environmentParameter, props.environment);
    for (const [service, outputs] of Object.entries(props.services)) {
      this.parameter(`service-${service}`, props.serviceParameter(service), outputs);
    }
    for (const [name, { description }] of Object.entries<OutputPromise>(contract.environment)) {
      const value = props.environment[name as keyof EnvironmentOutputs];
      if (value !== undefined) new TerraformOutput(scope, name, { value, description, staticId: true });
    }
    new TerraformOutput(scope, 'services', {
      value: props.services,
      description: 'By the name of the service: what belongs to it alone',
      staticId: true,
    });
  }

  private parameter(id: string, name: string, outputs: EnvironmentOutputs | ServiceOutputs): void {
    new SsmParameter(this, id, {
      name,
      type: 'String',
      description: 'Outputs of the infrastructure, for deploys',
      value: JSON.stringify({ version: CONTRACT_VERSION, hash: contractHash(), outputs }),
    });
  }
}
