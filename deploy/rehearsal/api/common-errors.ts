import { ApiError } from './operation';
import type { ServiceDescription } from './service';

const isJson = ({ protocol }: ServiceDescription) => protocol === 'json' || protocol === 'rest-json';

/** Errors that every AWS service has, under the code and status that its protocol gives them. */
export const commonErrors = {
  unknownOperation(service: ServiceDescription, operation: string): ApiError {
    if (isJson(service)) return new ApiError('UnknownOperationException', '');
    if (service.protocol === 's3')
      return new ApiError('NotImplemented', `${operation} is not implemented.`, 501);
    return new ApiError('InvalidAction', `The action ${operation} is not valid for this web service.`);
  },

  expiredCredentials(service: ServiceDescription): ApiError {
    const message = 'The security token included in the request is expired';
    if (isJson(service)) return new ApiError('ExpiredTokenException', message);
    if (service.protocol === 's3') return new ApiError('ExpiredToken', 'The provided token has expired.');
    if (service.protocol === 'ec2') return new ApiError('RequestExpired', 'Request has expired.');
    return new ApiError('ExpiredToken', message, 403);
  },

  /** Source: "Granting a user permissions to pass a role to an AWS service", IAM user guide. */
  passRoleDenied(roleArn: string, principal: string): ApiError {
    return new ApiError(
      'AccessDeniedException',
      `User: ${principal} is not authorized to perform: iam:PassRole on resource: ${roleArn} because no identity-based policy allows the iam:PassRole action`,
    );
  },

  accessDenied(service: ServiceDescription, operation: string, principal: string): ApiError {
    const action = `${service.actionPrefix ?? service.signingName}:${operation}`;
    if (service.protocol === 's3') return new ApiError('AccessDenied', 'Access Denied', 403);
    const reason = `because no identity-based policy allows the ${action} action`;
    return commonErrors.notAuthorized(service, { action, resource: '*', principal, reason });
  },

  /**
   * What was asked for is not allowed. `reason` follows the resource, e.g. `with an explicit deny in an identity-based
   * policy`. Source: IAM user guide, troubleshoot access denied error messages.
   */
  notAuthorized(
    service: ServiceDescription,
    { action, resource, principal, reason }: Record<'action' | 'resource' | 'principal' | 'reason', string>,
  ): ApiError {
    // S3 alone quotes the resource.
    const named = service.protocol === 's3' ? `"${resource}"` : resource;
    const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${named} ${reason}`;
    if (isJson(service)) return new ApiError('AccessDeniedException', message);
    if (service.protocol !== 'ec2') return new ApiError('AccessDenied', message, 403);
    return new ApiError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${message}`,
      403,
    );
  },

  /** A role does not trust the bearer of a token; STS does not say why. */
  webIdentityRefused(): ApiError {
    return new ApiError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  },

  throttled(service: ServiceDescription): ApiError {
    if (isJson(service)) return new ApiError('ThrottlingException', 'Rate exceeded');
    if (service.protocol === 's3') return new ApiError('SlowDown', 'Please reduce your request rate.', 503);
    if (service.protocol === 'ec2')
      return new ApiError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    return new ApiError('Throttling', 'Rate exceeded');
  },

  serverError(service: ServiceDescription): ApiError {
    if (service.protocol === 's3') {
      return new ApiError('InternalError', 'We encountered an internal error. Please try again.', 500);
    }
    return new ApiError(
      service.internalErrorCode ?? 'InternalFailure',
      'Service Unavailable. Please try again later.',
      500,
    );
  },
};
