// Reads workflow and action files with GitHub's own parser; prints each problem on a line, nothing if there is none.
// The parser imports JSON in a way that Node refuses, so esbuild bundles this file before it runs.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';

async function main(paths) {
  for (const path of paths) {
    const file = { name: path, content: readFileSync(path, 'utf8') };
    const isAction = /^action\.ya?ml$/.test(basename(path));
    const result = isAction
      ? parseAction(file, new NoOperationTraceWriter())
      : parseWorkflow(file, new NoOperationTraceWriter());
    const problems = result.context.errors.getErrors().map(({ message }) => message);
    if (!isAction && problems.length === 0) {
      const { errors = [] } = await convertWorkflowTemplate(result.context, result.value);
      problems.push(...errors.map(({ Message }) => Message));
    }
    for (const problem of problems) process.stdout.write(`${path}: ${problem}\n`);
  }
}

void main(process.argv.slice(2));
