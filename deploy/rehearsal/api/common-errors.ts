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
    const message =
      `User: ${principal} is not authorized to perform: ${action} on resource: * ` +
      `because no identity-based policy allows the ${action} action`;
    if (isJson(service)) return new ApiError('AccessDeniedException', message);
    if (service.protocol === 'ec2') {
      return new ApiError(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. ${message}`,
        403,
      );
    }
    return new ApiError('AccessDenied', service.protocol === 's3' ? 'Access Denied' : message, 403);
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
