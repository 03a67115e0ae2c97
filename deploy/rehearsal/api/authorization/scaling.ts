import { each, tagging, text, type ServiceActs } from './acts';

/** Its resources have ids of their own, which no request names. Source: Service Authorization Reference. */
export const applicationAutoScaling: ServiceActs = {
  prefix: 'application-autoscaling',
  resources: {
    ...each(
      [
        'RegisterScalableTarget',
        'DeregisterScalableTarget',
        'PutScalingPolicy',
        'DeleteScalingPolicy',
        'PutScheduledAction',
        'DeleteScheduledAction',
      ],
      (_input, asked) => [asked.arn('application-autoscaling', 'scalable-target/*')],
    ),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], (input) => [text(input, 'ResourceARN')]),
  },
  context: ({ input }) => ({
    ...(text(input, 'ServiceNamespace') === ''
      ? {}
      : { 'application-autoscaling:service-namespace': text(input, 'ServiceNamespace') }),
    ...(text(input, 'ScalableDimension') === ''
      ? {}
      : { 'application-autoscaling:scalable-dimension': text(input, 'ScalableDimension') }),
  }),
  more: (asked) =>
    asked.operation === 'RegisterScalableTarget'
      ? tagging(asked, 'application-autoscaling:TagResource', [
          asked.arn('application-autoscaling', 'scalable-target/*'),
        ])
      : [],
};

/** Source: Service Authorization Reference, AWS Cloud Map. */
export const serviceDiscovery: ServiceActs = {
  prefix: 'servicediscovery',
  resources: {
    ...each(['GetNamespace', 'DeleteNamespace'], (input, asked) => [
      asked.arn('servicediscovery', `namespace/${text(input, 'Id')}`),
    ]),
    // An operation has an id of its own, and is of some namespace.
    GetOperation: (_input, asked) => [asked.arn('servicediscovery', 'namespace/*')],
  },
  more: (asked) =>
    asked.operation === 'CreateHttpNamespace' ? tagging(asked, 'servicediscovery:TagResource', ['*']) : [],
};
