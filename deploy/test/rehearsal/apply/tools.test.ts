import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findMoto } from '../../../rehearsal/apply/moto';
import { findTerraform } from '../../../rehearsal/apply/terraform';
import { UsageError } from '../../../rehearsal/errors';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'slipway-tools-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const suffix = process.platform === 'win32' ? '.EXE' : '';
function install(folder: string, name: string): string {
  mkdirSync(join(directory, folder), { recursive: true });
  const file = join(directory, folder, `${name}${suffix}`);
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}
const path = (...folders: string[]) => ({
  PATH: folders.map((folder) => join(directory, folder)).join(delimiter),
});

test('terraform is preferred, OpenTofu will do', () => {
  const tofu = install('a', 'tofu');
  expect(findTerraform(path('none', 'a'))).toBe(tofu);
  const terraform = install('b', 'terraform');
  expect(findTerraform(path('a', 'b'))).toBe(terraform);
});

test('a folder with the name of the tool is not the tool', () => {
  mkdirSync(join(directory, 'a', 'moto_server'), { recursive: true });
  expect(() => findMoto(path('a'))).toThrow(UsageError);
});

test('what is missing is named, with what it is for and how to get it', () => {
  expect(() => findTerraform({ PATH: '' })).toThrow(
    /^terraform or tofu is not on PATH; it applies the stacks. To get it: https:/,
  );
  expect(() => findMoto({})).toThrow(
    /^moto_server is not on PATH; .* To get it: pip install 'moto\[server\]'/,
  );
});
