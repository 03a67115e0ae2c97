import { actions, type Statement } from '../policy';
import type { PlatformAccess } from '../plan';

/** Pipelines of CodePipeline, their steps, and their way to the repository. */
export function writePipeline({ arns, project, regions }: PlatformAccess): Statement[] {
  const connections = ['codeconnections', 'codestar-connections'];
  return [
    {
      Sid: 'Pipelines',
      Effect: 'Allow',
      Action: actions('codepipeline', [
        'CreatePipeline',
        'UpdatePipeline',
        'DeletePipeline',
        'TagResource',
        'UntagResource',
      ]),
      Resource: arns.regional('codepipeline', `${project}-*`),
    },
    {
      Sid: 'Steps',
      Effect: 'Allow',
      Action: actions('codebuild', ['CreateProject', 'UpdateProject', 'DeleteProject']),
      Resource: arns.regional('codebuild', `project/${project}-*`),
    },
    {
      // A connection has an id, not a name; what is made waits until somebody authorises it in the console.
      Sid: 'NewConnections',
      Effect: 'Allow',
      Action: 'codeconnections:CreateConnection',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    },
    {
      Sid: 'TagConnections',
      Effect: 'Allow',
      Action: 'codeconnections:TagResource',
      Resource: arns.regional('codeconnections', 'connection/*'),
      Condition: { StringEquals: { 'aws:RequestTag/Project': project } },
    },
    {
      Sid: 'OwnConnections',
      Effect: 'Allow',
      Action: actions('codeconnections', ['DeleteConnection', 'UntagResource']),
      Resource: arns.regional('codeconnections', 'connection/*'),
      Condition: { StringEquals: { 'aws:ResourceTag/Project': project } },
    },
    ...connections.map((prefix): Statement => ({
      Sid: prefix === 'codeconnections' ? 'PassConnections' : 'PassOldConnections',
      Effect: 'Allow',
      Action: `${prefix}:PassConnection`,
      Resource: arns.regional(prefix, 'connection/*'),
      Condition: { StringEquals: { [`${prefix}:PassedToService`]: 'codepipeline.amazonaws.com' } },
    })),
  ];
}
