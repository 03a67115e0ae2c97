// GET until the answer is 200 and holds what it should.
import { addSummary, escapeMarkdown, input, pause, pollSeconds, Refusal, runStep } from '../lib/workflow.mjs';

await runStep(async () => {
  const url = new URL(process.env.URL_PATH || '/', input('URL')).href;
  const contains = process.env.CONTAINS ?? '';
  const limit = Number(input('SECONDS_LIMIT'));
  if (!(limit > 0))
    throw new Refusal(`seconds is "${process.env.SECONDS_LIMIT}": expected a number above 0.`);
  const end = Date.now() + limit * 1000;
  let problem = 'no answer';
  do {
    const answer = await ask(url, contains);
    if (answer === undefined) {
      process.stdout.write(`GET ${url}: 200${contains ? `, with ${contains}` : ''}\n`);
      addSummary(`Smoke test: \`GET ${url}\` answers as it should.\n`);
      return;
    }
    if (answer !== problem) process.stdout.write(`GET ${url}: ${answer}\n`);
    problem = answer;
    await pause(pollSeconds());
  } while (Date.now() < end);
  addSummary(`**Smoke test failed:** \`GET ${url}\`: ${escapeMarkdown(problem)}\n`);
  throw new Refusal(`The smoke test failed: GET ${url}: ${problem} (asked for ${limit} s).`);
});

/** What is wrong with the answer; undefined where nothing is. */
async function ask(url, contains) {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    const text = (await response.text()).slice(0, 1024 * 1024);
    if (response.status !== 200) return `${response.status}, not 200`;
    return text.includes(contains) ? undefined : `200, but the answer does not hold ${contains}`;
  } catch (error) {
    return error?.cause?.message ?? error?.message ?? String(error);
  }
}
