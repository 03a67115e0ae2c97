import { readFile } from 'node:fs/promises';
import { validate, type Problem } from '../../schema/validate';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';
import type { Functions } from '../template/builtins';
import { callsOf, renderFile } from '../template/render';
import type { Rendered } from '../template/rendered';
import { errorAt, positionAt, printPosition, type Source } from '../template/source';
import { OutputValue, PromisedOutput, Unread, typeName } from '../template/value';
import type { Definition, JsonObject } from './definitions';
import { formatOf, knownEndings, parseDocument } from './document';
import { DocumentError, locate, printPath, toJson, type Located } from './located';
import { normalise } from './normalise';
import { shapeOf, type DefinitionKind } from './shapes';

/** What is wrong in a definition, with its place in front. */
export interface Finding {
  message: string;
  /** An output has the wrong type: the contract and the template do not fit. */
  isOutput: boolean;
}

export interface LoadedDefinition {
  definition: Definition;
  findings: readonly Finding[];
}

/** @throws SlipwayError FILE_NOT_FOUND, or FILE_FOREIGN for an ending that is not known. */
export async function readDefinitionSource(
  context: Context,
  path: string,
  kind: DefinitionKind,
): Promise<Source> {
  const file = shownPath(context.cwd, path);
  const what = kind === 'service' ? 'service definition' : 'task definition';
  if (formatOf(path) === undefined) {
    throw new SlipwayError(
      'FILE_FOREIGN',
      `the ${what} ${file} has an unknown file type: ${knownEndings.join(', ')} are read`,
    );
  }
  try {
    return { file, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new SlipwayError('FILE_NOT_FOUND', `the ${what} ${file} ${reason}`, {
      hint: `"${kind === 'service' ? 'service_definition' : 'task_definition'}" in the config names it`,
      cause,
    });
  }
}

/**
 * Renders, parses, normalises and validates one definition. What is wrong in it comes back as findings, all of them;
 * what keeps it from being read at all is thrown.
 *
 * @param path absolute. @param used outputs that were read while it was rendered, filled by the functions.
 * @throws SlipwayError TEMPLATE_SYNTAX, OUTPUT_UNKNOWN, ENV_UNSET, OUTPUT_TYPE, DEFINITION_INVALID (not JSON or YAML).
 */
export async function loadDefinition(
  context: Context,
  path: string,
  kind: DefinitionKind,
  functions: Functions,
  used: ReadonlySet<string>,
): Promise<LoadedDefinition> {
  const written = await readDefinitionSource(context, path, kind);
  const rendered = await renderFile(context, path, written, functions);
  const { source } = rendered;
  const parsed = await parse(rendered);
  if (parsed.content.type !== 'object') {
    throw errorAt(
      'DEFINITION_INVALID',
      source,
      rendered.sourceOffset(parsed.start),
      'a definition is an object: { ... }',
    );
  }
  const { root, dropped } = normalise(parsed, kind, rendered);
  if (dropped.length > 0) {
    const message = `${source.file}: left out what only ECS writes: ${dropped.join(', ')}`;
    context.sink({ type: 'note', level: 'info', message });
  }
  const problems = validate(shapeOf(kind).structure, toJson(root));
  const findings = problems.flatMap((problem) => finding(problem, root, rendered) ?? []);
  const read = callsOf(written, functions, 'output').map(({ argument }) => argument);
  const definition: Definition = {
    value: toJson(root) as JsonObject,
    file: path,
    positionOf: (path) => positionAt(source, rendered.sourceOffset(locate(root, path).start)),
    outputsUsed: [...new Set([...read, ...used])].sort(),
  };
  return { definition, findings };
}

async function parse(rendered: Rendered): Promise<Located> {
  const { source, text } = rendered;
  try {
    return await parseDocument(text, source.format ?? formatOf(source.file) ?? 'json');
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { offset, message } = error;
    const [written] = rendered.writtenIn(offset - 1, offset + 2);
    const hint =
      written &&
      'the text that {{ }} wrote here does not fit: {{ ... | json_escape }} makes quotes, backslashes and line ends safe';
    throw errorAt(
      'DEFINITION_INVALID',
      source,
      rendered.sourceOffset(Math.min(offset, text.length)),
      message,
      hint,
    );
  }
}

/** A problem with its place; nothing where the value is one that this run does not know. */
function finding(problem: Problem, root: Located, rendered: Rendered): Finding | undefined {
  const { kind, path } = problem;
  const node = locate(root, path);
  const written = rendered.writtenIn(node.start, node.end).map(({ value }) => value);
  const isValue = kind === 'type' || kind === 'enum';
  if (isValue && written.some((value) => value instanceof Unread)) return undefined;
  if (kind === 'enum' && written.some((value) => value instanceof PromisedOutput)) return undefined;
  const output = written.find((value) => value instanceof OutputValue);
  const at = rendered.sourceOffset((kind === 'unknown' ? node.keyStart : undefined) ?? node.start);
  const place = printPosition(positionAt(rendered.source, at));
  const owner = kind === 'unknown' ? path.slice(0, -1) : path;
  const where = owner.length === 0 ? '' : `${printPath(owner)}: `;
  if (kind === 'type' && output !== undefined) {
    const wanted = problem.message.replace(/, but is .*$/, '');
    return {
      message: `${place}: ${where}${wanted}, but output "${output.name}" is a ${typeName(output)}`,
      isOutput: true,
    };
  }
  return { message: `${place}: ${where}${problem.message}`, isOutput: false };
}
