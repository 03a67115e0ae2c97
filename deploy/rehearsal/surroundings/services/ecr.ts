import type { ServiceOperations } from '../../api/operation';
import { images } from './ecr/images';
import { repositories } from './ecr/repositories';
import type { EcrContext } from './ecr/request';

/** ECR over the image store. */
export function ecr(context: EcrContext): ServiceOperations {
  return { ...repositories(context), ...images(context) };
}
