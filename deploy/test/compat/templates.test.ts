import { project } from '../project';

/** What ecspresso's users write, beyond the recorded cases: each text becomes the value of one variable. */
const terraform = {
  version: 4,
  terraform_version: '1.11.4',
  serial: 1,
  lineage: 'x',
  outputs: {
    names: { value: ['a', 'b'], type: ['list', 'string'] },
    labels: { value: { team: 'web', 'cost.center': '42' }, type: ['map', 'string'] },
    big: { value: 12345678901, type: 'number' },
    none: { value: null, type: 'string' },
  },
  resources: [
    {
      mode: 'managed',
      type: 'aws_subnet',
      name: 'public',
      instances: [
        { index_key: 'a', attributes: { id: 'subnet-a', tags: { Name: 'x' } } },
        { index_key: 'b/c', attributes: { id: 'subnet-bc', tags: null } },
      ],
    },
    {
      module: 'module.app[0].module.inner["k"]',
      mode: 'data',
      type: 'aws_ami',
      name: 'this',
      instances: [{ attributes: { id: 'ami-1', block: [{ ebs: [{ size: 8 }] }] } }],
    },
  ],
};

function made(value: string) {
  return project({
    'ecspresso.yml':
      'service: web\ntask_definition: td.json\nplugins: [{ name: tfstate, config: { path: terraform.tfstate } }]\n',
    'terraform.tfstate': terraform,
    'td.json': `{"family": "web", "containerDefinitions": [{"name": "web", "image": "a", "environment": [{"name": "X", "value": "${value}"}]}]}`,
  });
}

test.each<[string, string, string, Record<string, string>?]>([
  [
    'else if',
    '{{ if eq (env `S` ``) `a` }}1{{ else if eq (env `S` ``) `b` }}2{{ else }}3{{ end }}',
    '2',
    { S: 'b' },
  ],
  ['else of with', '{{ with env `S` `` }}{{ . }}{{ else }}none{{ end }}', 'none'],
  ['with that binds a name', '{{ with $s := env `S` `x` }}{{ $s }}{{ . }}{{ end }}', 'xx'],
  ['trim markers', 'a {{- env `S` ` b ` -}} c', 'a b c'],
  ['a trimmed comment', 'a {{- /* nothing */ -}} b', 'ab'],
  ['a pipe', '{{ env `S` | json_escape }}', 'say "hi"', { S: 'say "hi"' }],
  ['a pipe into a pipe', '{{ must_env `S` | printf `%s-%s` `a` | json_escape }}', 'a-b', { S: 'b' }],
  ['parentheses', '{{ printf `%s/%s` (must_env `S`) (env `T` `t`) }}', 's/t', { S: 's' }],
  ['range over a number', '{{ range $i := 2 }}{{ $i }},{{ end }}', '0,1,'],
  ['define and template', '{{ define `n` }}[{{ . }}]{{ end }}{{ template `n` `v` }}', '[v]'],
  ['a variable that is set again', '{{ $x := `a` }}{{ if true }}{{ $x = `b` }}{{ end }}{{ $x }}', 'b'],
  ['Go strings with escapes', '{{ env `S` "a\\\\tb" | json_escape }}'.replaceAll('\\\\', '\\'), 'a\tb'],
  ['tfstate with single quotes', "{{ tfstate `aws_subnet.public['a'].id` }}", 'subnet-a'],
  ['tfstate with double quotes', '{{ tfstate `aws_subnet.public["b/c"].id` }}', 'subnet-bc'],
  ['a tag', "{{ tfstate `aws_subnet.public['a'].tags.Name` }}", 'x'],
  ['tfstatef', '{{ tfstatef `aws_subnet.public["%s"].id` (env `S` `a`) }}', 'subnet-a'],
  [
    'data in modules with count and for_each',
    "{{ tfstate `module.app[0].module.inner['k'].data.aws_ami.this.id` }}",
    'ami-1',
  ],
  [
    'a value deep inside',
    "{{ tfstate `module.app[0].module.inner['k'].data.aws_ami.this.block[0].ebs[0].size` }}",
    '8',
  ],
  ['a key with a dot', '{{ tfstate `output.labels["cost.center"]` }}', '42'],
  ['an entry of a list', '{{ tfstate `output.names[1]` }}', 'b'],
  ['a whole list', '{{ tfstate `output.names` | json_escape }}', '["a","b"]'],
  ['a whole object', '{{ tfstate `output.labels` | json_escape }}', '{"cost.center":"42","team":"web"}'],
  ['a large number', '{{ tfstate `output.big` }}', '12345678901'],
])('%s', async (_name, template, expected, env = {}) => {
  const { code, stdout, stderr } = await made(template).run(['render', 'taskdef'], env);
  if (code !== 0) throw new Error(stderr);
  expect(JSON.parse(stdout)).toMatchObject({
    containerDefinitions: [{ environment: [{ name: 'X', value: expected }] }],
  });
});

test.each<[string, number, string]>([
  ['{{ tfstate `output.none` }}', 11, '"output.none" is not in terraform.tfstate, or null there'],
  ['{{ tfstate `output.name` }}', 11, 'did you mean "output.names"'],
  ["{{ tfstate `aws_subnet.public['a'].idd` }}", 11, 'did you mean "aws_subnet.public["a"].id"'],
  ['{{ must_env `NOT_SET` }}', 11, 'the environment variable NOT_SET is not set'],
  ['{{ if }}', 11, 'td.json:1:'],
  ['{{ nonsense `a` }}', 11, 'td.json:1:'],
  ['{{ cfn_output `a` `b` }}', 11, 'there is no function "cfn_output"'],
])('%s is refused with its place', async (template, exitCode, message) => {
  const { code, stdout, stderr } = await made(template).run(['render', 'taskdef']);
  expect([code, stdout]).toEqual([exitCode, '']);
  expect(stderr).toContain('td.json:1:');
  expect(stderr).toContain(message);
});
