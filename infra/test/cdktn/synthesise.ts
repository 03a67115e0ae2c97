import { writeFileSync } from 'node:fs';
import { stacksNow } from '../golden';

// Bundled and run where `cdktf` is another package.
const [, , file] = process.argv;
if (require.main === module && file !== undefined) writeFileSync(file, JSON.stringify(stacksNow()));
