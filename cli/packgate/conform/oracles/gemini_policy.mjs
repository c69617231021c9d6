// Asks Gemini CLI's own policy engine about tool calls. Started by packgate in a sandbox, reads JSON on standard input:
//   node gemini_policy.mjs CORE < {"policies": [[path, tier]], "calls": [{"name", "args", "server"}]}
// CORE is the folder `dist/src` of @google/gemini-cli-core. Writes {"errors": [...], "answers": [{"decision", "source"}]}: the source of the
// rule that decided, null where none did.
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

// The engine tells what it does on standard output.
for (const name of ['debug', 'log', 'info', 'warn']) console[name] = () => {};

const core = process.argv[2];
const load = (path) => import(pathToFileURL(`${core}/${path}`).href);
const { PolicyEngine } = await load('policy/policy-engine.js');
const { loadPoliciesFromToml } = await load('policy/toml-loader.js');
const { ApprovalMode } = await load('policy/types.js');

const asked = JSON.parse(await text(process.stdin));
// The engine's own policies stand below all others: without them it does not take lines apart in every mode.
const tiers = new Map([[`${core}/policy/policies`, 1], ...asked.policies]);
const loaded = await loadPoliciesFromToml([...tiers.keys()], (path) => tiers.get(path));
const engine = new PolicyEngine({
  rules: loaded.rules, checkers: loaded.checkers, approvalMode: ApprovalMode.DEFAULT, nonInteractive: false,
});
const answers = [];
for (const call of asked.calls) {
  const { decision, rule } = await engine.check({ name: call.name, args: call.args }, call.server ?? undefined);
  answers.push({ decision, source: rule?.source ?? null });
}
process.stdout.write(JSON.stringify({ errors: loaded.errors, answers }));
