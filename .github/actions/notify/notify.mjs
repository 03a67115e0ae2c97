// One message to a webhook and to a topic. Whatever goes wrong is a warning: the release is what matters.
import { awsRequest } from '../lib/aws.mjs';
import { oneLine, warning } from '../lib/workflow.mjs';

/** What somebody answered, in words that may be shown. */
class Answer extends Error {}

const { WEBHOOK: webhook = '', TOPIC: topic = '' } = process.env;
const message = compose(process.env);

await Promise.all([
  attempt('webhook', webhook !== '', () => sendToWebhook(webhook, message)),
  attempt('topic', topic !== '', () => sendToTopic(topic, message)),
]);

/** @returns {{ title: string, lines: string[], good: boolean }} */
function compose(env) {
  const { EVENT, WHAT = '', OUTCOME, STATUS, DETAIL, SERVICE_URL } = env;
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_ACTOR, GITHUB_RUN_ATTEMPT = '1' } = env;
  const word =
    EVENT === 'approval' ? 'waits for approval' : (OUTCOME || STATUS || 'ended').replaceAll('-', ' ');
  const run = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  return {
    title: `${WHAT}: ${word}`,
    lines: [
      DETAIL ? oneLine(DETAIL) : '',
      SERVICE_URL ?? '',
      `${run}${GITHUB_RUN_ATTEMPT === '1' ? '' : `/attempts/${GITHUB_RUN_ATTEMPT}`} (${GITHUB_ACTOR})`,
    ].filter(Boolean),
    good: /^(live|unchanged|planned|success|waits)/.test(word),
  };
}

async function attempt(where, isSet, send) {
  if (!isSet) return;
  try {
    await send();
    process.stdout.write(`${where}: sent\n`);
  } catch (error) {
    // The message of fetch could hold the address, which is the secret.
    const words =
      error instanceof Answer ? error.message : (error?.cause?.code ?? error?.name ?? 'no answer');
    warning(`The ${where} was not told: ${words}`);
  }
}

async function sendToWebhook(url, { title, lines, good }) {
  const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const text = [`${good ? ':white_check_mark:' : ':x:'} *${escape(title)}*`, ...lines.map(escape)].join('\n');
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Answer(`it answered ${response.status}`);
}

async function sendToTopic(arn, { title, lines }) {
  const [, , , region] = arn.split(':');
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(arn))
    throw new Answer(`NOTIFY_TOPIC_ARN is "${arn}", which is no ARN of a topic`);
  process.env.AWS_REGION = region;
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: arn,
    // SNS takes at most 100 printable characters.
    Subject: title.replace(/[^\x20-\x7e]/g, '?').slice(0, 100),
    Message: [title, ...lines].join('\n'),
  });
  const { status, text } = await awsRequest({
    service: 'sns',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  });
  if (status !== 200)
    throw new Answer(`SNS answered ${status} ${/<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? ''}`.trim());
}
