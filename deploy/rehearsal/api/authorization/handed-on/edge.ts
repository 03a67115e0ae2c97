import type { Message } from '../../operation';
import { each, objects, tagging, text, texts, type Asked, type ServiceActs } from '../acts';

/** A member that names the resource itself. */
const member = (name: string) => (input: Message) => texts(input, name);

/** Source: Service Authorization Reference, AWS Certificate Manager. */
export const certificates: ServiceActs = {
  prefix: 'acm',
  resources: each(
    [
      'DescribeCertificate',
      'DeleteCertificate',
      'GetCertificate',
      'ListTagsForCertificate',
      'AddTagsToCertificate',
      'RemoveTagsFromCertificate',
      'UpdateCertificateOptions',
    ],
    member('CertificateArn'),
  ),
  more: (asked) =>
    asked.operation === 'RequestCertificate'
      ? tagging(asked, 'acm:AddTagsToCertificate', [asked.arn('acm', 'certificate/*')])
      : [],
};

const webAcl = (input: Message, asked: Asked) => [
  asked.arn(
    'wafv2',
    `${text(input, 'Scope') === 'CLOUDFRONT' ? 'global' : 'regional'}/webacl/${text(input, 'Name')}/${text(input, 'Id') || '*'}`,
  ),
];

/** Source: Service Authorization Reference, AWS WAF V2. */
export const firewall: ServiceActs = {
  prefix: 'wafv2',
  resources: {
    ...each(['CreateWebACL', 'UpdateWebACL', 'DeleteWebACL', 'GetWebACL'], webAcl),
    AssociateWebACL: (input) => [...texts(input, 'WebACLArn'), ...texts(input, 'ResourceArn')],
    ...each(['DisassociateWebACL', 'GetWebACLForResource'], member('ResourceArn')),
    PutLoggingConfiguration: (input) =>
      objects(input, 'LoggingConfiguration').flatMap((one) => texts(one, 'ResourceArn')),
    ...each(['GetLoggingConfiguration', 'DeleteLoggingConfiguration'], member('ResourceArn')),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], member('ResourceARN')),
  },
  more: (asked) =>
    asked.operation === 'CreateWebACL' ? tagging(asked, 'wafv2:TagResource', webAcl(asked.input, asked)) : [],
};
