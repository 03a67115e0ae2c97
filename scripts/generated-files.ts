import { preflightActionsDocument } from '../deploy/src/preflight/table';
import { contractDocument } from '../infra/contract';
import { addressesDocument } from '../infra/test/golden';
import { commandsPage } from './pages/commands';
import { configurationPage } from './pages/configuration';
import { errorsPage } from './pages/errors';
import { securityExceptionsPage } from './pages/security';
import { settingsOptions, settingsPage } from './pages/settings';
import { generateSchemas } from './schemas';

/** Every committed file that is generated: path from the root, with forward slashes, and the text that it must have. */
export function generatedFiles(): { path: string; text: string }[] {
  return [
    { path: 'app/ecs/contract.json', text: contractDocument() },
    { path: 'deploy/docs/commands.md', text: commandsPage() },
    { path: 'deploy/docs/configuration.md', text: configurationPage() },
    { path: 'deploy/docs/errors.md', text: errorsPage() },
    { path: 'infra/test/addresses.json', text: addressesDocument() },
    { path: 'infra/docs/security-exceptions.md', text: securityExceptionsPage() },
    { path: 'infra/docs/settings.md', text: settingsPage() },
    { path: 'infra/settings/options.json', text: settingsOptions() },
    ...generateSchemas().map(({ path, text }) => ({ path: `deploy/schema/${path}`, text })),
    { path: 'deploy/schema/preflight-actions.json', text: preflightActionsDocument() },
  ];
}
