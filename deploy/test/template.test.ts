import { builtins, type TemplateFunction } from '../src/template/builtins';
import { environmentFunctions } from '../src/template/environment';
import { callsOf, renderTemplate } from '../src/template/render';
import { positionAt, type Source } from '../src/template/source';
import { OutputValue, printValue } from '../src/template/value';

const outputs: Record<string, OutputValue['value']> = {
  url: 'https://web',
  subnets: ['subnet-a', 'subnet-b'],
  port: 3000,
  spot: true,
  labels: { team: 'web', tier: '1' },
};

const functions = new Map<string, TemplateFunction>([
  ...environmentFunctions([
    { SET: 'yes', EMPTY: '', QUOTE: 'say "hi"\n' },
    { EMPTY: 'below', LOW: 'low' },
  ]),
  [
    'output',
    {
      least: 1,
      most: 1,
      call: (name) => new OutputValue(printValue(name ?? null), outputs[printValue(name ?? null)] ?? null),
    },
  ],
]);

const source = (text: string, file = 'a.json'): Source => ({ file, text });
const render = async (text: string, file?: string) =>
  (await renderTemplate(source(text, file), functions)).text;

describe("Go's text/template", () => {
  // What Go prints for each was worked out with its documentation of text/template.
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a{{/* comment */}}b', 'ab'],
    ['a {{- /* comment */ -}} b', 'ab'],
    ['a  {{- `x` -}}  \n b', 'axb'],
    ['a {{-3}} b', 'a -3 b'],
    ['{{ `{{` }}x{{ "}}" }}', '{{x}}'],
    ['{{ "tab\\tquote\\" \\u00e9 \\x41 \\101" }}', 'tab\tquote" é A A'],
    [`{{ 'a' }}`, '97'],
    ['{{ 0x10 }} {{ 1_000 }} {{ 1.5 }} {{ 0b11 }} {{ 0o17 }} {{ 1e3 }}', '16 1000 1.5 3 15 1000'],
    ['{{ true }} {{ not true }} {{ not "" }}', 'true false true'],
    ['{{ if `` }}a{{ else if 0 }}b{{ else }}c{{ end }}', 'c'],
    ['{{ if 1 }}a{{ else }}c{{ end }}', 'a'],
    ['{{ with `x` }}<{{ . }}>{{ end }}', '<x>'],
    ['{{ with `` }}a{{ else with `y` }}{{ . }}{{ end }}', 'y'],
    ['{{ with $x := `v` }}{{ $x }}{{ end }}', 'v'],
    ['{{ range $i, $s := output `subnets` }}{{ if $i }},{{ end }}{{ $s }}{{ end }}', 'subnet-a,subnet-b'],
    ['{{ range output `subnets` }}[{{ . }}]{{ else }}none{{ end }}', '[subnet-a][subnet-b]'],
    ['{{ range $k, $v := output `labels` }}{{ $k }}={{ $v }};{{ end }}', 'team=web;tier=1;'],
    ['{{ range 3 }}{{ . }}{{ end }}', '012'],
    [
      '{{ range 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}',
      '02',
    ],
    ['{{ $v := `a` }}{{ range 2 }}{{ $v = `b` }}{{ end }}{{ $v }}', 'b'],
    ['{{ (output `labels`).team }}', 'web'],
    ['{{ $l := output `labels` }}{{ $l.tier }}', '1'],
    ['{{ index (output `subnets`) 1 }}', 'subnet-b'],
    ['{{ index (output `labels`) `team` }}', 'web'],
    ['{{ len `漢字` }} {{ len (output `subnets`) }}', '6 2'],
    ['{{ slice `abcdef` 1 3 }}', 'bc'],
    ['{{ eq 1 2 1 }} {{ ne `a` `b` }} {{ lt 1 2 }} {{ ge `b` `a` }}', 'true true true true'],
    ['{{ and 1 `` 2 }}|{{ or `` `x` `y` }}|{{ and 1 2 }}', '|x|2'],
    ['{{ or `x` (index (output `subnets`) 99) }}', 'x'],
    ['{{ print 1 2 `a` 3 }} {{ println 1 `a` }}', '1 2a3 1 a\n'],
    [
      '{{ printf "%s-%03d %v %q %.2f %5s|%-4s|%x%%" "a" 7 true "q" 1.5 "r" "l" 255 }}',
      'a-007 true "q" 1.50     r|l   |ff%',
    ],
    ['{{ html `<a href="x">` }} {{ urlquery `a b/c` }}', '&lt;a href=&#34;x&#34;&gt; a+b%2Fc'],
    ['{{ `a` | printf "%s-%s" `b` }}', 'b-a'],
    ['{{ define "t" }}[{{ . }}]{{ end }}{{ template "t" `x` }}{{ template "t" `y` }}', '[x][y]'],
    ['{{ block "b" `z` }}({{ . }}){{ end }}', '(z)'],
    ['{{ env\n  `SET`\n}}', 'yes'],
  ])('%j gives %j', async (text, expected) => {
    expect(await render(text, 'a.txt')).toBe(expected);
  });

  test.each([
    ['{{ env `SET` `d` }}', 'yes'],
    ['{{ env `NOPE` `d` }}', 'd'],
    ['{{ env `NOPE` }}', 'NOPE'],
    ['{{ env `EMPTY` `d` }}', 'below'],
    ['{{ env `NOPE` `LOW` `d` }}', 'low'],
    ['{{ must_env `EMPTY` }}', ''],
    ['{{ must_env `LOW` }}', 'low'],
    ['{{ must_env `QUOTE` | json_escape }}', 'say \\"hi\\"\\n'],
  ])('%s reads the environment: %j', async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });
});

describe('an output keeps its type', () => {
  test.each([
    ['{"a": "{{ output `subnets` }}"}', '{"a": ["subnet-a","subnet-b"]}'],
    ['{"a": {{ output `subnets` }}}', '{"a": ["subnet-a","subnet-b"]}'],
    ['{"a": ["{{ output `port` }}", "{{output `spot`}}"]}', '{"a": [3000, true]}'],
    ['{"a": "{{ output `url` }}"}', '{"a": "https://web"}'],
    ['{"a": ":{{ output `port` }}"}', '{"a": ":3000"}'],
    ['{"a": "{{ output `url` }}:{{ output `port` }}"}', '{"a": "https://web:3000"}'],
    ['{"a": "{{ if true }}{{ output `subnets` }}{{ end }}"}', '{"a": ["subnet-a","subnet-b"]}'],
    ['{"a": "{{ output `labels` }}"}', '{"a": {"team":"web","tier":"1"}}'],
    ['{"a": "{{ $s := output `subnets` }}{{ $s }}"}', '{"a": ["subnet-a","subnet-b"]}'],
    ['{"a": "{{ output `subnets` | json_escape }}"}', '{"a": "[\\"subnet-a\\",\\"subnet-b\\"]"}'],
  ])('%s', async (text, expected) => {
    expect(await render(text)).toBe(expected);
  });

  test.each([
    ["a: '{{ output `subnets` }}'\n", 'a: ["subnet-a","subnet-b"]\n'],
    ['a: {{ output `subnets` }}\n', 'a: ["subnet-a","subnet-b"]\n'],
    ['- {{ output `port` }}\n', '- 3000\n'],
  ])('in YAML: %j', async (text, expected) => {
    expect(await render(text, 'a.yml')).toBe(expected);
  });

  test.each([
    '{"a": "x-{{ output `subnets` }}"}',
    '{"a": "{{ output `subnets` }}{{ output `url` }}"}',
    '{"a": "arn:{{ output `subnets` }}"}',
  ])('a list inside a longer string is refused: %s', async (text) => {
    await expect(render(text)).rejects.toMatchObject({
      code: 'OUTPUT_TYPE',
      exitCode: 11,
      message: expect.stringMatching(/^a\.json:1:\d+: output "subnets" is a list/) as string,
    });
  });
});

describe('errors', () => {
  test.each([
    ['a\n  {{ env `A', '2:10: the string that starts with `'],
    ['{{ env "A" ', '1:1: "{{" is never closed'],
    ['{{ "abc\n" }}', '1:4: the string that starts with "'],
    ['{{ "a\\q" }}', '1:6: unknown escape "\\q"'],
    ['{{ nope `a` }}', '1:4: there is no function "nope"'],
    ['{{ mustenv `a` }}', '1:4: there is no function "mustenv" (did you mean "must_env"?)'],
    ['{{ must_env }}', '1:4: must_env takes 1 argument, but is given 0'],
    ['{{ must_env 5 }}', '1:4: must_env takes a text, not 5'],
    ['{{ if true }}x', '1:1: {{ if }} has no {{ end }}'],
    ['x{{ end }}', '1:2: {{ end }} without'],
    ['{{ else }}', '1:1: {{ else }} without'],
    ['{{ }}', '1:4: nothing stands in the action'],
    ['{{ $x }}', '1:4: variable $x is not set'],
    ['{{ `a` `b` }}', '1:8: only a function can take arguments'],
    ['{{ env `a` | }}', '1:14: nothing stands in the pipeline'],
    ['{{ (env `a` }}', '1:4: "(" is never closed'],
    ['{{ 12ab }}', '1:4: "12ab" is not a number'],
    ['{{ .Name }}', '1:4: ".Name" reads a field of a nil'],
    ['{{ break }}', '1:1: {{ break }} outside {{ range }}'],
    ['{{ template "x" }}', '1:1: there is no {{ define "x" }}'],
    ['{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}', '1:17: template "x" calls itself'],
    ['{{ index (output `subnets`) 9 }}', '1:4: index 9 is outside a list of length 2'],
    ['{{ eq 1 `1` }}', '1:4: eq cannot compare a number with a string'],
    ['{{ printf "%d" `x` }}', '1:4: "%d" wants a number, but the value is a string'],
    ['{{ printf "%s" }}', '1:4: the format "%s" wants more values'],
    ['{{/* never closed', '1:1: the comment'],
    ['{{ env \\"A\\" }}', '1:8: unexpected "\\"'],
    ['{{ ! }}', '1:4: unexpected "!"'],
  ])('%j: %s', async (text, expected) => {
    await expect(render(text)).rejects.toMatchObject({ code: 'TEMPLATE_SYNTAX', exitCode: 11 });
    await expect(render(text)).rejects.toThrow(`a.json:${expected}`);
  });

  test('an unset variable names itself and its place', async () => {
    await expect(render('x\r\n {{ must_env `NOPE` }}')).rejects.toMatchObject({
      code: 'ENV_UNSET',
      exitCode: 11,
      message: 'a.json:2:5: the environment variable NOPE is not set',
    });
  });
});

test('every rendered character leads back to its source', async () => {
  const text = '{\n  "a": "{{ output `subnets` }}",\n  "b": "{{ env `SET` }}x"\n}';
  const rendered = await renderTemplate(source(text), functions);
  expect(rendered.text).toBe('{\n  "a": ["subnet-a","subnet-b"],\n  "b": "yesx"\n}');
  const place = (found: string) => {
    const { line, column } = positionAt(rendered.source, rendered.sourceOffset(rendered.text.indexOf(found)));
    return `${line}:${column}`;
  };
  expect(place('"a"')).toBe('2:3');
  expect(place('subnet-b')).toBe('2:9');
  expect(place('"b"')).toBe('3:3');
  expect(place('yesx')).toBe('3:9');
  expect(place('x"')).toBe('3:24');
  expect(place('\n}')).toBe('3:26');
});

test('calls are found in branches that are not taken', () => {
  const text =
    '{{ if env `X` `` }}{{ output `a` }}{{ else }}{{ range output `b` }}{{ `c` | output }}{{ end }}{{ end }}{{ define "d" }}{{ len (output "e") }}{{ end }}';
  expect(callsOf(source(text), functions, 'output').map(({ argument }) => argument)).toEqual([
    'a',
    'b',
    'c',
    'e',
  ]);
});

test('no builtin of Go is missing, but call, which needs functions as data', () => {
  const go = [
    'html',
    'index',
    'js',
    'len',
    'not',
    'print',
    'printf',
    'println',
    'slice',
    'urlquery',
    'eq',
    'ge',
    'gt',
    'le',
    'lt',
    'ne',
  ];
  expect([...builtins.keys()].sort()).toEqual(go.sort());
});
