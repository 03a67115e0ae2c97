import type { Message } from '../../operation';
import {
  each,
  objects,
  passing,
  tagging,
  text,
  texts,
  type Act,
  type Asked,
  type ServiceActs,
} from '../acts';

/** A member that names the resource itself. */
const member = (name: string) => (input: Message) => texts(input, name);

const projects = (name: string) => (input: Message, asked: Asked) =>
  texts(input, name).map((one) => (one.startsWith('arn:') ? one : asked.arn('codebuild', `project/${one}`)));

/** Source: Service Authorization Reference, AWS CodeBuild. */
export const codeBuild: ServiceActs = {
  prefix: 'codebuild',
  resources: {
    ...each(['CreateProject', 'UpdateProject', 'DeleteProject'], projects('name')),
    BatchGetProjects: projects('names'),
    StartBuild: projects('projectName'),
  },
  more: ({ input }) => passing(input.serviceRole, 'codebuild.amazonaws.com'),
};

/** A pipeline is created and updated as a document, and elsewhere named. */
const pipeline = (input: Message, asked: Asked) => {
  const [document = input] = objects(input, 'pipeline');
  return [asked.arn('codepipeline', text(document, 'name'))];
};

/** Connections that the steps of a pipeline use are passed to it, as roles are. */
function passedConnections(document: Message): Act[] {
  const given = objects(document, 'stages')
    .flatMap((stage) => objects(stage, 'actions'))
    .flatMap((action) => objects(action, 'configuration'))
    .flatMap((configuration) => texts(configuration, 'ConnectionArn'));
  return [...new Set(given)].map((arn) => {
    const prefix = arn.split(':')[2] ?? '';
    const context = { [`${prefix}:PassedToService`]: 'codepipeline.amazonaws.com' };
    return { action: `${prefix}:PassConnection`, resources: [arn], context };
  });
}

/** Source: Service Authorization Reference, AWS CodePipeline. */
export const codePipeline: ServiceActs = {
  prefix: 'codepipeline',
  resources: {
    ...each(['CreatePipeline', 'UpdatePipeline', 'GetPipeline', 'DeletePipeline'], pipeline),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('resourceArn')),
  },
  more: (asked) => [
    ...objects(asked.input, 'pipeline').flatMap((one) => passing(one.roleArn, 'codepipeline.amazonaws.com')),
    ...objects(asked.input, 'pipeline').flatMap(passedConnections),
    ...(asked.operation === 'CreatePipeline'
      ? tagging(asked, 'codepipeline:TagResource', pipeline(asked.input, asked))
      : []),
  ],
};

/** AWS CodeConnections, which was called CodeStar Connections. Source: Service Authorization Reference. */
const connections = (prefix: string): ServiceActs => ({
  prefix,
  resources: {
    ...each(['GetConnection', 'DeleteConnection'], member('ConnectionArn')),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('ResourceArn')),
  },
});

export const codeConnections = connections('codeconnections');
export const codeStarConnections = connections('codestar-connections');
