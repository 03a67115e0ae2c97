import type { Check, Problem } from '../check';
import { networkOf, type Subject } from '../subject';
import { object, objects, text } from '../values';
import { each, type World } from '../world';

export const fileSystems: Check = {
  name: 'file-systems',
  summary: "EFS file systems and access points exist, with mount targets in the tasks' zones",
  actions: [
    'elasticfilesystem:DescribeFileSystems',
    'elasticfilesystem:DescribeAccessPoints',
    'elasticfilesystem:DescribeMountTargets',
    'ec2:DescribeSubnets',
  ],
  run: (subject, world) => {
    const volumes = objects(subject.task['volumes']);
    const names = volumes.map(({ value }) => text(value['name']));
    const unknown = subject.containers.flatMap(({ name, value, at }) =>
      objects(value['mountPoints']).flatMap(({ value: mount, index }): Problem[] => {
        const volume = text(mount['sourceVolume']);
        if (volume === undefined || names.includes(volume)) return [];
        return [
          {
            level: 'error',
            message: `container ${name} mounts the volume "${volume}", which the task does not have`,
            hint: 'add it to "volumes", or correct "sourceVolume"',
            position: at('mountPoints', index, 'sourceVolume'),
          },
        ];
      }),
    );
    const ofEfs = volumes.flatMap(({ value, index }) => {
      const configuration = object(value['efsVolumeConfiguration']);
      return configuration === undefined
        ? []
        : [{ name: text(value['name']) ?? `#${index + 1}`, configuration, index }];
    });
    return each(ofEfs, (volume) => checkVolume(subject, volume, world)).then((found) => [
      ...unknown,
      ...found,
    ]);
  },
};

interface Volume {
  name: string;
  configuration: NonNullable<ReturnType<typeof object>>;
  index: number;
}

async function checkVolume(
  subject: Subject,
  { name, configuration, index }: Volume,
  world: World,
): Promise<Problem[]> {
  const at = (...path: string[]) => subject.taskAt('volumes', index, 'efsVolumeConfiguration', ...path);
  const error = (message: string, hint: string, ...path: string[]): Problem => ({
    level: 'error',
    message: `volume ${name}: ${message}`,
    hint,
    position: at(...path),
  });
  const id = text(configuration['fileSystemId']);
  if (id === undefined) return [];
  const { readAccessPoint, readFileSystem, readMountTargets } = await import('../reads/efs.ts');
  const found = await readFileSystem(world, id);
  if (found === undefined)
    return [error(`file system ${id} does not exist`, 'create it, or correct its id', 'fileSystemId')];

  const authorization = object(configuration['authorizationConfig']);
  const accessPoint = text(authorization?.['accessPointId']);
  const encrypted = text(configuration['transitEncryption']) === 'ENABLED';
  const static_: Problem[] = [];
  if ((accessPoint !== undefined || authorization?.['iam'] === 'ENABLED') && !encrypted) {
    const hint = 'set "transitEncryption": "ENABLED"';
    static_.push(error('an access point and IAM need encryption in transit', hint, 'authorizationConfig'));
  }
  const root = text(configuration['rootDirectory']) ?? '/';
  if (accessPoint !== undefined && root !== '/') {
    const hint = 'take "rootDirectory" out: the access point has its own';
    static_.push(error(`rootDirectory ${root} does not go with an access point`, hint, 'rootDirectory'));
  }
  const ofAccessPoint = each(accessPoint === undefined ? [] : [accessPoint], async (point) => {
    const known = await readAccessPoint(world, point);
    const path = ['authorizationConfig', 'accessPointId'];
    if (known === undefined)
      return [error(`access point ${point} does not exist`, 'create it, or correct its id', ...path)];
    if (known.FileSystemId === found.FileSystemId) return [];
    const message = `access point ${point} is of file system ${known.FileSystemId ?? ''}, not of ${id}`;
    return [error(message, 'take one of this file system', ...path)];
  });
  const ofZones = each([id], async () => {
    const targets = await readMountTargets(world, id);
    if (targets.length === 0)
      return [
        error(`file system ${id} has no mount target`, 'add one in each zone of the tasks', 'fileSystemId'),
      ];
    const { subnets } = networkOf(subject);
    if (subnets.length === 0) return [];
    const { readSubnets } = await import('../reads/ec2.ts');
    const zones = [...(await readSubnets(world, subnets)).values()].flatMap(
      ({ AvailabilityZone }) => AvailabilityZone ?? [],
    );
    const covered = targets.map(({ AvailabilityZoneName }) => AvailabilityZoneName);
    // A mount target whose zone is not told may be in any.
    if (covered.includes(undefined)) return [];
    const bare = [...new Set(zones)].filter((zone) => !covered.includes(zone)).sort();
    if (bare.length === 0) return [];
    const message = `file system ${id} has no mount target in ${bare.join(', ')}, where tasks are started`;
    return [error(message, 'add mount targets there, or leave those subnets out', 'fileSystemId')];
  });
  return [...static_, ...(await Promise.all([ofAccessPoint, ofZones])).flat()];
}
