import type { ServiceDescription } from '../service';
import type { ServiceActs } from './acts';
import { budgets, cloudTrail } from './handed-on/account';
import { autoScaling } from './handed-on/auto-scaling';
import { certificates, firewall } from './handed-on/edge';
import { kms } from './handed-on/kms';
import { cloudFront, distributions, route53, zones } from './handed-on/names';
import { events, sns } from './handed-on/notifications';
import { codeBuild, codeConnections, codePipeline, codeStarConnections } from './handed-on/pipeline';

/** A service that the rehearsal does not have: what it is asked is handed on, and must be allowed all the same. */
export interface HandedOn {
  description: ServiceDescription;
  acts: ServiceActs;
}

const json = (signingName: string): ServiceDescription => ({ signingName, protocol: 'json' });
const query = (signingName: string, namespace: string): ServiceDescription => ({
  signingName,
  protocol: 'query',
  namespace,
});

export const handedOn: readonly HandedOn[] = [
  { description: json('kms'), acts: kms },
  { description: query('sns', 'http://sns.amazonaws.com/doc/2010-03-31/'), acts: sns },
  { description: json('events'), acts: events },
  { description: json('budgets'), acts: budgets },
  { description: json('cloudtrail'), acts: cloudTrail },
  { description: json('acm'), acts: certificates },
  { description: json('wafv2'), acts: firewall },
  { description: json('codebuild'), acts: codeBuild },
  { description: json('codepipeline'), acts: codePipeline },
  { description: json('codeconnections'), acts: codeConnections },
  { description: json('codestar-connections'), acts: codeStarConnections },
  {
    description: query('autoscaling', 'http://autoscaling.amazonaws.com/doc/2011-01-01/'),
    acts: autoScaling,
  },
  {
    description: { ...query('route53', 'https://route53.amazonaws.com/doc/2013-04-01/'), routes: zones },
    acts: route53,
  },
  {
    description: {
      ...query('cloudfront', 'http://cloudfront.amazonaws.com/doc/2020-05-31/'),
      routes: distributions,
    },
    acts: cloudFront,
  },
];
