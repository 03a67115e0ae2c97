import { suggestion } from '../../../schema/did-you-mean';
import type { Check } from '../check';
import { object, objects, text } from '../values';

export const portNames: Check = {
  name: 'port-names',
  summary: 'ports that Service Connect and VPC Lattice name exist in the task definition',
  actions: [],
  run: ({ service, serviceAt, containers }) => {
    const names = containers.flatMap(({ value }) =>
      objects(value['portMappings']).flatMap(({ value: mapping }) => text(mapping['name']) ?? []),
    );
    const connect = object(service?.['serviceConnectConfiguration']);
    const used = [
      ...objects(connect?.['services']).map((entry) => ({
        ...entry,
        path: ['serviceConnectConfiguration', 'services'],
      })),
      ...objects(service?.['vpcLatticeConfigurations']).map((entry) => ({
        ...entry,
        path: ['vpcLatticeConfigurations'],
      })),
    ];
    return used.flatMap(({ value, index, path }) => {
      const name = text(value['portName']);
      if (name === undefined || names.includes(name)) return [];
      const found = names.length === 0 ? 'no port of the task has a name' : `it has ${names.join(', ')}`;
      return [
        {
          level: 'error' as const,
          message: `the task definition has no port named "${name}"${suggestion(name, names)}`,
          hint: `${found}: set "name" on the port mapping`,
          position: serviceAt(...path, index, 'portName'),
        },
      ];
    });
  },
};
