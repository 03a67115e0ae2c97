import type { RegisterTaskDefinitionRequest, Tag } from '@aws-sdk/client-ecs';

/** What a client registered, with the defaults that AWS fills in. */
export type TaskDefinitionBody = Omit<RegisterTaskDefinitionRequest, 'tags' | 'family'>;

export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  body: TaskDefinitionBody;
  compatibilities: string[];
  requiresAttributes: { name: string }[];
  registeredAt: number;
  registeredBy: string;
  deregisteredAt: number | undefined;
  deleteRequestedAt: number | undefined;
  tags: Tag[];
}

export interface TaskDefinitionFamily {
  name: string;
  /** The highest number ever used; never used again, not even after deletion. */
  lastRevision: number;
  /** By revision. */
  revisions: Map<number, TaskDefinition>;
}
