import type { ProjectSettings } from '../settings/settings';

export const project: ProjectSettings = {
  name: 'slipway',
};
