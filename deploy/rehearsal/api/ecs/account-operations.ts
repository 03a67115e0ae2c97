import type {
  CreateCapacityProviderRequest,
  DeleteAccountSettingRequest,
  DeleteCapacityProviderRequest,
  DescribeCapacityProvidersRequest,
  ListAccountSettingsRequest,
  PutAccountSettingRequest,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../control-plane/arns';
import type { CapacityProvider } from '../../control-plane/cluster';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import type { Message } from '../operation';
import type { Pagination } from './pagination';
import { present } from './wire-values';

/** What AWS answers for an account that never set anything. */
const settingDefaults: Readonly<Record<string, string>> = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  dualStackIPv6: 'enabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'off',
  taskLongArnFormat: 'enabled',
};

/** Account settings and capacity providers. */
export function accountOperations(plane: ControlPlane, pagination: Pagination) {
  const put = (request: PutAccountSettingRequest): Message => {
    const name = settingName(request.name);
    plane.accountSettings.set(name, request.value ?? '');
    return { setting: setting(plane, name, request.value ?? '') };
  };
  return {
    PutAccountSetting: put,
    PutAccountSettingDefault: put,

    DeleteAccountSetting(request: DeleteAccountSettingRequest): Message {
      const name = settingName(request.name);
      const value = plane.accountSettings.get(name) ?? settingDefaults[name] ?? '';
      plane.accountSettings.delete(name);
      return { setting: setting(plane, name, value) };
    },

    ListAccountSettings(request: ListAccountSettingsRequest): Message {
      const values = new Map(plane.accountSettings);
      if (request.effectiveSettings === true) {
        for (const [name, value] of Object.entries(settingDefaults))
          if (!values.has(name)) values.set(name, value);
      }
      const { items, nextToken } = pagination.page(request, { default: 10, most: 100 }, () =>
        [...values.keys()]
          .filter((name) => request.name === undefined || name === request.name)
          .filter((name) => request.value === undefined || values.get(name) === request.value)
          .sort(),
      );
      return { settings: items.map((name) => setting(plane, name, values.get(name) ?? '')), nextToken };
    },

    CreateCapacityProvider(request: CreateCapacityProviderRequest): Message {
      const name = request.name ?? '';
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name) || /^(aws|ecs|fargate)/i.test(name)) {
        throw errors.client(`The specified capacity provider name '${name}' is not valid.`);
      }
      if (plane.capacityProviders.has(name)) {
        throw errors.client(`A capacity provider with the specified name '${name}' already exists.`);
      }
      const provider: CapacityProvider = {
        name,
        arn: plane.arns.capacityProvider(name),
        autoScalingGroupProvider: request.autoScalingGroupProvider,
        tags: request.tags ?? [],
      };
      plane.capacityProviders.set(name, provider);
      return { capacityProvider: presentProvider(plane, name, true) };
    },

    DeleteCapacityProvider(request: DeleteCapacityProviderRequest): Message {
      const name = nameOf(request.capacityProvider ?? '');
      if (!plane.capacityProviders.has(name)) {
        throw errors.client(
          'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
        );
      }
      for (const cluster of plane.clusters.values()) {
        if (cluster.status === 'ACTIVE' && cluster.capacityProviders.includes(name)) {
          throw errors.capacityProviderInUse();
        }
      }
      const capacityProvider = { ...presentProvider(plane, name, true), status: 'INACTIVE' };
      plane.capacityProviders.delete(name);
      return { capacityProvider };
    },

    DescribeCapacityProviders(request: DescribeCapacityProvidersRequest): Message {
      const tags = request.include?.includes('TAGS') === true;
      const known = ['FARGATE', 'FARGATE_SPOT', ...plane.capacityProviders.keys()];
      const asked = request.capacityProviders?.map(nameOf) ?? known;
      return {
        capacityProviders: asked
          .filter((name) => known.includes(name))
          .map((name) => presentProvider(plane, name, tags)),
        failures: asked
          .filter((name) => !known.includes(name))
          .map((name) => ({ arn: plane.arns.capacityProvider(name), reason: 'MISSING' })),
      };
    },
  };
}

function settingName(name: string | undefined): string {
  if (name === undefined || !Object.hasOwn(settingDefaults, name)) {
    throw errors.invalidParameter(`Invalid account setting name: ${name}`);
  }
  return name;
}

function setting(plane: ControlPlane, name: string, value: string): Message {
  const owned = name === 'guardDutyActivate' ? 'aws_managed' : 'user';
  return { name, value, principalArn: `arn:aws:iam::${plane.accountId}:root`, type: owned };
}

function presentProvider(plane: ControlPlane, name: string, tags: boolean): Message {
  const own = plane.capacityProviders.get(name);
  return present({
    capacityProviderArn: plane.arns.capacityProvider(name),
    name,
    status: 'ACTIVE',
    autoScalingGroupProvider: own?.autoScalingGroupProvider,
    tags: tags ? (own?.tags ?? []) : [],
  });
}
