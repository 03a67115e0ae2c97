/** ECS's ARNs of one account and region, in the long format. */
export class Arns {
  private readonly prefix: string;

  constructor(
    readonly region: string,
    readonly accountId: string,
  ) {
    this.prefix = `arn:aws:ecs:${region}:${accountId}`;
  }

  cluster(name: string): string {
    return `${this.prefix}:cluster/${name}`;
  }

  service(cluster: string, name: string): string {
    return `${this.prefix}:service/${cluster}/${name}`;
  }

  task(cluster: string, id: string): string {
    return `${this.prefix}:task/${cluster}/${id}`;
  }

  container(cluster: string, taskId: string, id: string): string {
    return `${this.prefix}:container/${cluster}/${taskId}/${id}`;
  }

  containerInstance(cluster: string, id: string): string {
    return `${this.prefix}:container-instance/${cluster}/${id}`;
  }

  taskDefinition(family: string, revision: number): string {
    return `${this.prefix}:task-definition/${family}:${revision}`;
  }

  serviceDeployment(cluster: string, service: string, id: string): string {
    return `${this.prefix}:service-deployment/${cluster}/${service}/${id}`;
  }

  serviceRevision(cluster: string, service: string, number: string): string {
    return `${this.prefix}:service-revision/${cluster}/${service}/${number}`;
  }

  capacityProvider(name: string): string {
    return `${this.prefix}:capacity-provider/${name}`;
  }

  serviceLinkedRole(): string {
    return `arn:aws:iam::${this.accountId}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`;
  }
}

/** The last part of an ARN, or the name itself: `arn:...:cluster/web` and `web` both give `web`. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? nameOrArn) : nameOrArn;
}
