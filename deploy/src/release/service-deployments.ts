import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  type ECSClient,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
} from '@aws-sdk/client-ecs';
import { isException, type ServiceName } from '../aws/ecs';
import { failureOf } from '../aws/failures';
import type { Sink } from '../events';

/**
 * The service deployments API, where the endpoint has it. The first sign that it does not (an unknown operation, an
 * answer that is no JSON, no permission to read it) turns it off for good and says so once; every read then
 * answers undefined and the caller goes by DescribeServices.
 */
export class ServiceDeployments {
  private available = true;
  private worked = false;

  constructor(
    private readonly ecs: ECSClient,
    private readonly poller: ECSClient,
    private readonly name: ServiceName,
    private readonly sink: Sink,
  ) {}

  get isAvailable(): boolean {
    return this.available;
  }

  /** Newest first, one page: more than a deploy ever needs. Undefined where the endpoint cannot say. */
  async list(maxResults = 20): Promise<ServiceDeploymentBrief[] | undefined> {
    return this.read(async (ecs) => {
      try {
        const answer = await ecs.send(new ListServiceDeploymentsCommand({ ...this.name, maxResults }));
        return answer.serviceDeployments ?? [];
      } catch (error) {
        if (isException(error, 'ServiceNotFoundException')) return [];
        throw error;
      }
    });
  }

  async describe(arn: string): Promise<ServiceDeployment | undefined> {
    return this.read(async (ecs) => {
      const answer = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }));
      return answer.serviceDeployments?.[0];
    });
  }

  /**
   * The service deployment that belongs to a deployment id: `ecs-svc/<n>` and its target revision `.../<n>` share
   * their number. What was there before never matches.
   */
  async find(deploymentId: string, before: ReadonlySet<string>): Promise<string | undefined> {
    const number = deploymentId.slice(deploymentId.lastIndexOf('/') + 1);
    const listed = await this.list();
    return listed?.find(
      ({ serviceDeploymentArn, targetServiceRevisionArn }) =>
        targetServiceRevisionArn?.endsWith(`/${number}`) && !before.has(serviceDeploymentArn ?? ''),
    )?.serviceDeploymentArn;
  }

  /** Asks ECS to roll back; false where it cannot: no such operation, or that deployment has ended. */
  async rollBack(arn: string): Promise<boolean> {
    const stopped = await this.read(async (ecs) => {
      try {
        await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }));
        return true;
      } catch (error) {
        if (isException(error, 'ConflictException', 'ServiceDeploymentNotFoundException')) return false;
        throw error;
      }
    });
    return stopped ?? false;
  }

  private async read<T>(call: (ecs: ECSClient) => Promise<T>): Promise<T | undefined> {
    if (!this.available) return undefined;
    try {
      // An endpoint without this API is found out by one attempt; trouble of AWS or of the network deserves more.
      const answer = await call(this.poller).catch((error: unknown) => {
        if (['server', 'throttled', 'network'].includes(failureOf(error))) return call(this.ecs);
        throw error;
      });
      this.worked = true;
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      const missing =
        failure === 'unsupported' || (!this.worked && (failure === 'denied' || failure === 'server'));
      if (!missing) throw error;
      this.available = false;
      const why =
        failure === 'denied'
          ? 'this role may not read service deployments'
          : 'this endpoint has no service deployments API';
      this.sink({
        type: 'note',
        level: failure === 'denied' ? 'warning' : 'info',
        message: `${why}; going by DescribeServices instead`,
      });
      return undefined;
    }
  }
}
