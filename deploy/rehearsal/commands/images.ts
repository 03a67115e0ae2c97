import type { Command } from 'commander';
import type { RehearsalContext } from '../context';
import { sampleImages } from '../images/samples';
import { table } from '../scenario/table';

/** `slipway rehearse images`: the images that any client can run without building one. */
export function imagesCommand(program: Command, context: RehearsalContext): void {
  program
    .command('images')
    .description('list the sample images that every rehearsal brings')
    .option('--json', 'as JSON on stdout')
    .action((options: { json?: boolean }) => {
      const images = sampleImages.map(({ repository, tag, summary }) => ({
        image: `${repository}:${tag}`,
        summary,
      }));
      const rows = images.map(({ image, summary }) => [image, summary]);
      context.stdout(
        options.json ? `${JSON.stringify(images)}\n` : `${table(['image', 'what it does'], rows)}\n`,
      );
    });
}
