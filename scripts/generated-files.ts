import { preflightActionsDocument } from '../deploy/src/preflight/table';
import { contractDocument } from '../infra/contract';
import { commandsPage } from './pages/commands';
import { configurationPage } from './pages/configuration';
import { errorsPage } from './pages/errors';
import { generateSchemas } from './schemas';

/** Every committed file that is generated: path from the root, with forward slashes, and the text that it must have. */
export function generatedFiles(): { path: string; text: string }[] {
  return [
    { path: 'app/ecs/contract.json', text: contractDocument() },
    { path: 'deploy/docs/commands.md', text: commandsPage() },
    { path: 'deploy/docs/configuration.md', text: configurationPage() },
    { path: 'deploy/docs/errors.md', text: errorsPage() },
    ...generateSchemas().map(({ path, text }) => ({ path: `deploy/schema/${path}`, text })),
    { path: 'deploy/schema/preflight-actions.json', text: preflightActionsDocument() },
  ];
}
