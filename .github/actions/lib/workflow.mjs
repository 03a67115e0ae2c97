// What a step says to the runner: outputs, the job summary, annotations.
import { appendFileSync } from 'node:fs';

/** @param {Record<string, string | number | boolean>} values each on one line of GITHUB_OUTPUT */
export function setOutputs(values) {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${oneLine(String(value))}\n`);
  append(process.env.GITHUB_OUTPUT, lines.join(''));
}

/** @param {string} markdown */
export function addSummary(markdown) {
  append(process.env.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}

export const notice = (message) => annotate('notice', message);
export const warning = (message) => annotate('warning', message);

/** What ends the step, said in one line where the run shows it. */
export class Refusal extends Error {}

/**
 * Runs a step. A Refusal is an annotation and exit code 1; anything else is a bug, with its stack.
 * @param {() => Promise<void> | void} step
 */
export async function runStep(step) {
  try {
    await step();
  } catch (error) {
    process.exitCode = 1;
    annotate('error', error instanceof Refusal ? error.message : String(error?.stack ?? error));
  }
}

/** A variable that the action sets. */
export function input(name) {
  const value = process.env[name]?.trim() ?? '';
  if (value === '') throw new Refusal(`${name} is empty: the workflow has to give it.`);
  return value;
}

/** Text of others is no markup. */
export function escapeMarkdown(text) {
  return text.replace(/[\\`*_{}[\]<>|#@]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');
}

export const oneLine = (text) => text.replace(/[\r\n]+/g, ' ');

/** Seconds between two looks at something that is not there yet. */
export function pollSeconds() {
  const seconds = Number(process.env.SLIPWAY_POLL_SECONDS);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 2;
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function annotate(level, message) {
  const data = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  process.stdout.write(`::${level}::${data}\n`);
}

function append(file, text) {
  if (file) appendFileSync(file, text);
}
