import { loadSchema } from '../../../schema/schema';
import { validate, type Path } from '../../../schema/validate';
import { errors } from '../../control-plane/errors';
import { ApiError, type Message } from '../operation';

/** Members whose wrong values ECS refuses with texts of its own, later. */
const checkedLater = new Set(['schedulingStrategy', 'include']);

/**
 * Checks an input against the shape of its operation. Members that the shape does not have are ignored, as AWS does.
 * @throws ApiError SerializationException for a wrong type; ClientException or InvalidParameterException for the rest.
 */
export function checkInput(operation: string, input: Message): void {
  const schema = loadSchema();
  const shape = schema.operations[operation];
  if (shape === undefined) return;
  for (const problem of validate(shape, input, schema)) {
    if (problem.kind === 'type') {
      throw new ApiError('SerializationException', `${pathText(problem.path)}: ${problem.message}`);
    }
    if (problem.kind === 'enum' && !isCheckedLater(problem.path)) {
      throw refused(operation, `Invalid value at '${pathText(problem.path)}': ${problem.message}`);
    }
    if (problem.kind === 'required' && problem.path.length > 0) {
      throw refused(operation, `Invalid ${pathText(problem.path)}: ${problem.message}`);
    }
  }
}

function isCheckedLater(path: Path): boolean {
  const ofHook = path.includes('lifecycleHooks') && path.at(-1) === 'targetType';
  return ofHook || checkedLater.has(String(path[0]));
}

function refused(operation: string, message: string): ApiError {
  return operation === 'RegisterTaskDefinition' ? errors.client(message) : errors.invalidParameter(message);
}

/** `containerDefinitions[0].secrets[1]` */
function pathText(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
