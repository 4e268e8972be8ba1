/**
 * The architecture, as rules that a tool checks. docs/architecture.md draws the same picture for people.
 */
const inside = ['cilium', 'cluster', 'checks', 'review'];

/** A folder of the inside may import itself and what is left of it. */
const oneWay = inside.map((folder, index) => ({
  name: `${folder}-imports-left-only`,
  severity: 'error',
  comment:
    'cilium <- cluster <- checks <- review. The inside is a pure function of the model and the submission; edges depend on it, never the other way round.',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: ['^src/plain-text[.]ts$', ...inside.slice(0, index + 1).map((left) => `^src/${left}/`)],
  },
}));

/** Each package has one home, so that replacing it touches one place. */
const homes = {
  express: '^src/server/',
  'prom-client': '^src/server/metrics([.]ts$|/)',
  '@peculiar/x509': '^src/server/tls/certificates[.]ts$',
  'reflect-metadata': '^src/server/tls/certificates[.]ts$',
  '@kubernetes/client-node': '^src/kubernetes/api/client[.]ts$',
  commander: '^src/cli/',
  pino: '^src/log[.]ts$',
  yaml: '^(src/sources/(?:parse-yaml|yaml-aliases)[.]ts|src/config[.]ts)$',
  ajv: '^src/(config|kubernetes/cilium-policy-schema)[.]ts$',
  re2js: '^src/cilium/re2[.]ts$',
  'ipaddr.js': '^src/cilium/policy/prefixes/cidr[.]ts$',
};
const packageHomes = Object.entries(homes).map(([name, home]) => ({
  name: `${name.replace('@', '').replace('/', '-')}-has-one-home`,
  severity: 'error',
  comment: `${name} is used in one place, so that replacing it touches one place.`,
  from: { path: '^src/', pathNot: home },
  to: { path: `node_modules/${name}/` },
}));

export default {
  forbidden: [
    ...oneWay,
    ...packageHomes,
    {
      name: 'inside-does-no-io',
      severity: 'error',
      comment:
        'The inside has no clock, no randomness and no I/O: they are passed in, so that every decision can be replayed.',
      from: { path: `^src/(${inside.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'replay-shares-no-code',
      severity: 'error',
      comment:
        'The second evaluator is worth something only while it shares no code with the first. Types are allowed.',
      from: { path: '^src/cilium/replay/' },
      to: {
        path: '^src/',
        pathNot: '^src/cilium/(replay/|objects[.]ts$|field-path[.]ts$|policy-spec[.]ts$|identity/label[.]ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-check-imports-another',
      severity: 'error',
      comment:
        'What two checks share is a fact (src/checks/facts/), computed once for a change. What one check needs alone lives in a folder of its name.',
      from: { path: '^src/checks/([^/]+)(?:[.]ts$|/)', pathNot: '^src/checks/(registry|context)[.]ts$' },
      to: {
        path: '^src/checks/',
        pathNot: ['^src/checks/(check|context|settings)[.]ts$', '^src/checks/facts/', '^src/checks/$1/'],
      },
    },
    {
      name: 'renderers-see-results-only',
      severity: 'error',
      comment: 'A renderer knows result types, and how text is made fit to be shown.',
      from: { path: '^src/reports/' },
      to: { path: '^src/', pathNot: '^src/(reports/|plain-text[.]ts$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'decoders-know-objects-only',
      severity: 'error',
      comment: 'A decoded value depends on nothing but the object: not on the model, the configuration or the version.',
      from: { path: '^src/kubernetes/decode/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(kubernetes/decode/|cilium/(objects|policy-spec|field-path|result)[.]ts$|cilium/identity/label[.]ts$)',
      },
    },
    {
      name: 'server-and-cli-are-on-top',
      severity: 'error',
      comment: 'They put everything together: whatever else needs a part of them has it passed in.',
      from: { path: '^src/', pathNot: '^src/(server|cli)/' },
      to: { path: '^src/(server|cli)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'src-does-not-import-tests',
      severity: 'error',
      comment: 'What ships does not depend on what tests it.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples)/' },
    },
    {
      name: 'not-to-unlisted',
      severity: 'error',
      comment: 'Every package that is imported stands in package.json.',
      from: { path: '^(src|test|bench|examples)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-uses-no-dev-dependency',
      severity: 'error',
      comment: 'The image holds production dependencies only.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'not-unresolvable',
      severity: 'error',
      comment: 'An import that cannot be found fails at run time.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A file that nothing imports is dead.',
      from: { orphan: true, path: '^src/', pathNot: '[.]d[.]ts$|^src/cli/bin[.]ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
