import { list, type Message } from '../../../api/operation';
import type { Rule } from '../../store';

type Condition = Rule['conditions'][number];

/** Where each kind of condition keeps its values. */
const configs: Readonly<Record<string, string>> = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'source-ip': 'SourceIpConfig',
  'http-header': 'HttpHeaderConfig',
};

/** A condition as a client writes it: its values stand in `Values` or in the configuration of its field. */
export function readCondition(condition: Message): Condition {
  const field = typeof condition.Field === 'string' ? condition.Field : 'path-pattern';
  const name = configs[field];
  if (name === undefined) {
    const query = (condition.QueryStringConfig ?? {}) as Message;
    const pairs = list<{ Key?: string; Value?: string }>(query, 'Values');
    const values = pairs.map(({ Key, Value = '' }) => (Key === undefined ? Value : `${Key}=${Value}`));
    return { field, values, header: undefined };
  }
  const config = (condition[name] ?? {}) as Message;
  const plain = list(condition, 'Values');
  return {
    field,
    values: plain.length > 0 ? plain : list(config, 'Values'),
    header: typeof config.HttpHeaderName === 'string' ? config.HttpHeaderName : undefined,
  };
}

export function writtenCondition({ field, values, header }: Condition): Message {
  const name = configs[field];
  const plain = field === 'path-pattern' || field === 'host-header' ? { Values: values } : {};
  if (name !== undefined) {
    const config = { ...(header === undefined ? {} : { HttpHeaderName: header }), Values: values };
    return { Field: field, ...plain, [name]: config };
  }
  const pairs = values.map((text) => {
    const mark = text.indexOf('=');
    return mark < 0 ? { Value: text } : { Key: text.slice(0, mark), Value: text.slice(mark + 1) };
  });
  return { Field: field, QueryStringConfig: { Values: pairs } };
}
